package channel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sembang/internal/channel"
)

func serve(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server
}

// call posts to url and returns what Do returns.
func call(t *testing.T, ctx context.Context, client *http.Client, url string) (channel.Reply, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	return channel.NewCaller(client).Do(ctx, request)
}

func wantOutcome(t *testing.T, err error, want channel.Outcome) {
	t.Helper()
	failure, ok := errors.AsType[*channel.SendError](err)
	if !ok {
		t.Fatalf("error = %v, want a *SendError", err)
	}
	if failure.Outcome != want {
		t.Errorf("outcome of %q = %d, want %d", failure, failure.Outcome, want)
	}
}

func TestNobodyListensMeansNotSent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, err = call(t, t.Context(), http.DefaultClient, "http://"+address+"/bot1:secrettoken/x")
	wantOutcome(t, err, channel.NotSent)
	if strings.Contains(err.Error(), "secrettoken") {
		t.Errorf("error %q shows the URL", err)
	}
}

func TestCallCancelledBeforeTheConnectionMeansNotSent(t *testing.T) {
	t.Parallel()
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the vendor was called") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := call(t, ctx, http.DefaultClient, server.URL)
	wantOutcome(t, err, channel.NotSent)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want one that wraps context.Canceled", err)
	}
}

func TestTLSThatFailsMeansNotSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	_, err := call(t, t.Context(), &http.Client{}, server.URL) // does not know the certificate
	wantOutcome(t, err, channel.NotSent)
}

func TestSilenceAfterTheRequestMeansUnknown(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(http.HandlerFunc) *httptest.Server{
		"http/1.1": func(h http.HandlerFunc) *httptest.Server { return httptest.NewServer(h) },
		"http/2": func(h http.HandlerFunc) *httptest.Server {
			server := httptest.NewUnstartedServer(h)
			server.EnableHTTP2 = true
			server.StartTLS()
			return server
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			over := make(chan struct{})
			server := start(func(_ http.ResponseWriter, r *http.Request) {
				if name == "http/2" && r.ProtoMajor != 2 {
					t.Errorf("protocol = %s, want HTTP/2", r.Proto)
				}
				_, _ = io.ReadAll(r.Body)
				cancel() // the caller gives up when the vendor has everything
				<-over
			})
			_, err := call(t, ctx, server.Client(), server.URL)
			close(over)
			server.Close()
			wantOutcome(t, err, channel.Unknown)
		})
	}
}

func TestConnectionCutAfterTheRequestMeansUnknown(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	})
	_, err := call(t, t.Context(), &http.Client{Transport: &http.Transport{}}, server.URL)
	wantOutcome(t, err, channel.Unknown)
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	reply, err := call(t, t.Context(), http.DefaultClient, server.URL)
	if err != nil || reply.Status != http.StatusTemporaryRedirect {
		t.Fatalf("Do() = %d, %v, want the redirect itself", reply.Status, err)
	}
	wantOutcome(t, reply.Failure(), channel.NotSent)
}

func TestAnswerIsReadToALimit(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.CopyN(w, endless{}, 3<<20)
	})
	reply, err := call(t, t.Context(), http.DefaultClient, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if len(reply.Body) != 1<<20 || reply.Whole {
		t.Errorf("body = %d bytes, whole %v, want 1 MiB of a longer one", len(reply.Body), reply.Whole)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestEveryStatusHasAnOutcome(t *testing.T) {
	t.Parallel()
	type class struct {
		Outcome channel.Outcome
		Scope   channel.Scope
		Code    string
	}
	vectors := map[int]class{
		200: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		302: {channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable},
		400: {channel.Refused, channel.ScopePart, channel.CodeRejected},
		401: {channel.Refused, channel.ScopeAccount, channel.CodeUnauthorized},
		408: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		413: {channel.Refused, channel.ScopePart, channel.CodeRejected},
		421: {channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable},
		422: {channel.Refused, channel.ScopePart, channel.CodeRejected},
		429: {channel.NotSent, channel.ScopeAccount, channel.CodeRateLimited},
		500: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		502: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		503: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		504: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		520: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		521: {channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable},
		522: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		523: {channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable},
		524: {channel.Unknown, channel.ScopePart, channel.CodeVendorError},
		526: {channel.NotSent, channel.ScopeAccount, channel.CodeUnreachable},
	}
	for status, want := range vectors {
		e := channel.Reply{Status: status}.Failure()
		if got := (class{e.Outcome, e.Scope, e.Code}); got != want {
			t.Errorf("Failure() of %d = %+v, want %+v", status, got, want)
		}
	}
}

func TestRetryAfterIsReadAndBounded(t *testing.T) {
	t.Parallel()
	vectors := map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":  {"7", 7 * time.Second},
		"negative": {"-5", 0},
		"huge":     {"9223372036854775807", 24 * time.Hour},
		"too huge": {"99999999999999999999999", 0},
		"words":    {"soon", 0},
		"absent":   {"", 0},
		"past":     {"Wed, 21 Oct 2015 07:28:00 GMT", 0},
	}
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := channel.Reply{Header: http.Header{"Retry-After": {v.header}}}.RetryAfter()
			if got != v.want {
				t.Errorf("RetryAfter(%q) = %v, want %v", v.header, got, v.want)
			}
		})
	}
	inAnHour := http.Header{"Retry-After": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}
	if got := (channel.Reply{Header: inAnHour}).RetryAfter(); got < 59*time.Minute || got > time.Hour {
		t.Errorf("RetryAfter() of a date in an hour = %v", got)
	}
}

func TestRedactTakesOutSecrets(t *testing.T) {
	t.Parallel()
	if got := channel.Redact("bot 12:secret\nis not 12:secret", "12:secret", "is"); got != "bot *** is not ***" {
		t.Errorf("Redact() = %q", got)
	}
}
