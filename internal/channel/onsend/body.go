package onsend

import (
	"bytes"
	"errors"
	"mime"
	"net/url"
	"sort"
	"strings"

	"sembang/internal/channel"
	"sembang/internal/channel/loose"
)

var errNotForm = errors.New("body is neither json nor a form")

// decode reads JSON or a form. JSON is recognised by its first byte, because
// many clients post it under a form's content type.
func decode(r channel.Request) (loose.Value, error) {
	start := bytes.TrimLeft(bytes.TrimPrefix(r.Body, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return loose.Decode(r.Body)
	}
	media, _, err := mime.ParseMediaType(r.ContentType)
	if err != nil || media != "application/x-www-form-urlencoded" || bytes.IndexByte(r.Body, 0) >= 0 {
		return loose.Value{}, errNotForm
	}
	form, err := url.ParseQuery(string(bytes.TrimSpace(r.Body)))
	if err != nil || len(form) == 0 {
		return loose.Value{}, errNotForm
	}
	return formObject(form), nil
}

// formObject nests data[id]=1 and data.id=1 as JSON would.
func formObject(form url.Values) loose.Value {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	sort.Strings(names) // a name that is both value and parent must not depend on chance
	root := map[string]any{}
	for _, name := range names {
		steps := strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(name), ".")
		put(root, steps, form[name][0])
	}
	return loose.Object(root)
}

// maxFormDepth bounds what a name with many brackets builds.
const maxFormDepth = 8

func put(at map[string]any, steps []string, value string) {
	if len(steps) > maxFormDepth {
		return
	}
	for _, step := range steps[:len(steps)-1] {
		child, ok := at[step].(map[string]any)
		if !ok {
			child = map[string]any{}
			at[step] = child
		}
		at = child
	}
	at[steps[len(steps)-1]] = value
}
