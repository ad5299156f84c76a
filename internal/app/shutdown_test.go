package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A handler that goes on would send to a writer that is closed.
func TestARequestThatOutlastsTheShutdownIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.URL(), "http://"))
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	defer conn.Close()
	// The 100 comes when the handler reads the body, of which half is missing.
	_, err = fmt.Fprintf(conn, "POST /webhooks/telegram/%s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"+
		"X-Telegram-Bot-Api-Secret-Token: %s\r\n\r\n", w.telegram.Key, w.telegram.HookSecret.Reveal())
	if err != nil {
		t.Fatalf("send half a request: %v", err)
	}
	answer := bufio.NewReader(conn)
	if line, err := answer.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("answer = %q, %v, want 100", line, err)
	}
	w.stop(t)
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, answer)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // what a connection returns
		t.Error("the request is still open after the program ended")
	}
}
