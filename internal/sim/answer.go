package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is what a vendor returns for a call, before faults spoil it.
type answer struct {
	status int
	header http.Header
	body   []byte
	// stream writes the body piece by piece instead of body. It stops early
	// when write reports false.
	stream func(ctx context.Context, write func([]byte) bool)
}

// jsonAnswer returns v as JSON, without HTML escaping as the vendors do.
func jsonAnswer(status int, v any) answer {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return htmlAnswer(http.StatusInternalServerError)
	}
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json"}},
		body:   bytes.TrimSuffix(body.Bytes(), []byte("\n")),
	}
}

// htmlAnswer is the page of a proxy that stands before a vendor.
func htmlAnswer(status int) answer {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body: []byte("<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text +
			"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"),
	}
}

func (a answer) write(ctx context.Context, w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.stream == nil {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
		return
	}
	w.WriteHeader(a.status)
	flush := http.NewResponseController(w)
	a.stream(ctx, func(b []byte) bool {
		if ctx.Err() != nil {
			return false
		}
		if _, err := w.Write(b); err != nil {
			return false
		}
		return flush.Flush() == nil
	})
}

// writeTruncated promises the whole body and sends half of it; net/http then
// closes the connection.
func (a answer) writeTruncated(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)+1))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
}

// dropConnection closes the client's connection without an answer.
func dropConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.Header().Set("Content-Length", "1") // never kept, so the connection breaks
		w.WriteHeader(http.StatusOK)
		return
	}
	_ = conn.Close()
}
