package load

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Conn is one keep-alive HTTP/1.1 connection that sends requests as they are
// given and reads of answers only what it must: net/http's client would cost
// more than the server that is measured.
type Conn struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

const answerTime = 30 * time.Second

// Dial returns a connection to address; it is made with the first request, and
// made again after an error.
func Dial(address string) *Conn { return &Conn{address: address} }

// Close ends the connection.
func (c *Conn) Close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// Do sends a whole request and returns the answer's status. The body is read and dropped.
func (c *Conn) Do(ctx context.Context, request []byte) (int, error) {
	if c.conn == nil {
		conn, err := (&net.Dialer{Timeout: answerTime}).DialContext(ctx, "tcp", c.address)
		if err != nil {
			return 0, fmt.Errorf("dial: %w", err)
		}
		c.conn, c.in = conn, bufio.NewReaderSize(conn, 4096)
	}
	status, err := c.exchange(request)
	if err != nil {
		c.Close()
	}
	return status, err
}

func (c *Conn) exchange(request []byte) (int, error) {
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return 0, fmt.Errorf("set deadline: %w", err)
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, fmt.Errorf("write request: %w", err)
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, fmt.Errorf("read status: %w", err)
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, fmt.Errorf("read status: %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, fmt.Errorf("read status: %q", line)
	}
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("read header: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, fmt.Errorf("read length: %w", err)
			}
		}
	}
	if _, err := io.CopyN(io.Discard, c.in, int64(length)); err != nil {
		return 0, fmt.Errorf("read body: %w", err)
	}
	return status, nil
}
