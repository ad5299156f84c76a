// Package loose reads JSON as vendors post it: every field is looked up on its
// own, and one of a wrong type counts as absent, so that it costs nothing but
// itself. It knows no vendor.
package loose

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"sembang/internal/channel"
)

// ErrNotJSON is the one error of Decode.
var ErrNotJSON = errors.New("body is not json")

// Value is a part of a document; the zero Value is one that is absent.
type Value struct{ v any }

// Decode reads a document. Lone surrogates and bytes that are no UTF-8 become
// U+FFFD; a raw NUL or anything after the document is ErrNotJSON.
func Decode(body []byte) (Value, error) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return Value{}, ErrNotJSON
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Value{}, ErrNotJSON
	}
	return Value{v: v}, nil
}

// Object makes a document of what Decode would yield for a JSON object.
func Object(fields map[string]any) Value { return Value{v: fields} }

// At follows a path of keys and list indexes joined by dots.
func (v Value) At(path string) Value {
	at := v.v
	for path != "" {
		var step string
		step, path, _ = strings.Cut(path, ".")
		switch node := at.(type) {
		case map[string]any:
			at = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return Value{}
			}
			at = node[i]
		default:
			return Value{}
		}
	}
	return Value{v: at}
}

// Exists is false for what is absent or null.
func (v Value) Exists() bool { return v.v != nil }

// IsObject tells whether At can find anything by key.
func (v Value) IsObject() bool {
	_, ok := v.v.(map[string]any)
	return ok
}

// List returns the elements of a list; ok is false for anything else.
func (v Value) List() (elements []Value, ok bool) {
	list, ok := v.v.([]any)
	elements = make([]Value, 0, len(list))
	for _, element := range list {
		elements = append(elements, Value{v: element})
	}
	return elements, ok
}

// Text returns a string, or a number as it was written, without NUL; anything
// else is empty.
func (v Value) Text() string {
	switch value := v.v.(type) {
	case string:
		return channel.Clean(value)
	case json.Number:
		return value.String()
	}
	return ""
}

// Int returns a whole number, also when it came as a string or with a fraction
// of zero; ok is false for what is none or does not fit.
func (v Value) Int() (n int64, ok bool) {
	text := strings.TrimSpace(v.Text())
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// True tells whether a flag is set, in any of the ways vendors write that.
func (v Value) True() bool {
	if flag, ok := v.v.(bool); ok {
		return flag
	}
	switch strings.ToLower(v.Text()) {
	case "true", "1", "yes":
		return true
	}
	return false
}
