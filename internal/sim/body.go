package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// params are the arguments of a call by name, whatever its encoding was. A
// JSON value that is no string is kept as JSON text, as the vendors do.
type params map[string]string

// file is an uploaded part.
type file struct {
	name, contentType string
	size              int
}

// maxParts bounds the parts of one multipart body.
const maxParts = 1000

// decodeBody returns query and body arguments together, and the body as JSON
// for the recorder. A body that does not decode is an error with all that
// could be read.
func decodeBody(r *http.Request, raw []byte) (params, map[string]file, json.RawMessage, error) {
	args := params{}
	args.addForm(r.URL.Query())
	media, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	files := map[string]file{}
	var err error
	switch media {
	case "application/json":
		return args, files, jsonBody(raw), args.addJSON(raw)
	case "multipart/form-data":
		err = args.addMultipart(raw, options["boundary"], files)
	case "application/x-www-form-urlencoded":
		var form url.Values
		form, err = url.ParseQuery(string(raw))
		args.addForm(form)
	}
	body, _ := json.Marshal(args)
	return args, files, body, err
}

func (p params) addForm(form url.Values) {
	for name, values := range form {
		if len(values) > 0 {
			p[name] = values[0]
		}
	}
}

func (p params) addJSON(raw []byte) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return fmt.Errorf("decode object: %w", err)
	}
	for name, value := range fields {
		var text string
		if json.Unmarshal(value, &text) == nil && string(value) != "null" {
			p[name] = text
		} else if string(value) != "null" {
			p[name] = string(value)
		}
	}
	return nil
}

// addMultipart reads a form. A body without any part is no error: a client
// that sends every call as multipart has nothing to write for some.
func (p params) addMultipart(raw []byte, boundary string, files map[string]file) error {
	reader := multipart.NewReader(bytes.NewReader(raw), boundary)
	for range maxParts {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read part: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return fmt.Errorf("read part: %w", err)
		}
		if part.FileName() == "" {
			p[part.FormName()] = string(value)
			continue
		}
		files[part.FormName()] = file{part.FileName(), part.Header.Get("Content-Type"), len(value)}
	}
	return errors.New("too many parts")
}

// jsonBody returns raw when it is JSON, else as a JSON string.
func jsonBody(raw []byte) json.RawMessage {
	if json.Valid(raw) {
		return raw
	}
	text, _ := json.Marshal(string(raw))
	return text
}
