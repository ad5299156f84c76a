package loose_test

import (
	"errors"
	"testing"

	"sembang/internal/channel/loose"
)

func decode(t *testing.T, body string) loose.Value {
	t.Helper()
	v, err := loose.Decode([]byte(body))
	if err != nil {
		t.Fatalf("Decode(%s) = %v", body, err)
	}
	return v
}

func TestPathsLeadThroughObjectsAndLists(t *testing.T) {
	t.Parallel()
	v := decode(t, `{"a":{"b":[{"c":"x"},7]},"":{"":1}}`)
	for path, want := range map[string]string{
		"a.b.0.c": "x", "a.b.1": "7", "a.b.2": "", "a.b.-1": "", "a.b.x": "", "a.b": "", "a.b.0.c.d": "", "z.z": "", ".": "",
	} {
		if got := v.At(path).Text(); got != want {
			t.Errorf("At(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestWrongTypesCountAsAbsent(t *testing.T) {
	t.Parallel()
	v := decode(t, `{"list":[],"object":{},"yes":true,"null":null,"word":"x"}`)
	for _, path := range []string{"list", "object", "yes", "null", "absent"} {
		if got := v.At(path).Text(); got != "" {
			t.Errorf("Text() of %s = %q, want none", path, got)
		}
	}
	for _, path := range []string{"list", "object", "yes", "null", "absent", "word"} {
		if n, ok := v.At(path).Int(); ok {
			t.Errorf("Int() of %s = %d, want none", path, n)
		}
	}
	if v.At("null").Exists() || v.At("absent").Exists() || !v.At("list").Exists() {
		t.Error("null exists, or a list does not")
	}
}

func TestWholeNumbersAreReadExactly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`9007199254740993`: 9007199254740993, `"77"`: 77, `5.0`: 5, `1e3`: 1000, `-4`: -4, `" 8 "`: 8,
	} {
		if n, ok := decode(t, text).Int(); !ok || n != want {
			t.Errorf("Int() of %s = %d, %v, want %d", text, n, ok, want)
		}
	}
	for _, text := range []string{`1.5`, `1e400`, `1e19`, `"NaN"`, `"Inf"`, `99999999999999999999`, `""`, `true`} {
		if n, ok := decode(t, text).Int(); ok {
			t.Errorf("Int() of %s = %d, want none", text, n)
		}
	}
}

func TestFlagsAreReadInEveryWriting(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`true`, `"true"`, `"TRUE"`, `1`, `"1"`, `"yes"`} {
		if !decode(t, text).True() {
			t.Errorf("True() of %s = false", text)
		}
	}
	for _, text := range []string{`false`, `"false"`, `0`, `null`, `[]`, `{}`, `"x"`, `2`} {
		if decode(t, text).True() {
			t.Errorf("True() of %s = true", text)
		}
	}
}

func TestTextCanBeStored(t *testing.T) {
	t.Parallel()
	if got := decode(t, "\xef\xbb\xbf \"a\\u0000\\ud800\xff\"").Text(); got != "a\uFFFD\uFFFD\uFFFD" {
		t.Errorf("Text() = %q", got)
	}
}

func TestWhatIsNotOneDocumentIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", " ", "{", "{} {}", "{}x", "\x00", "{\"a\":\"\x00\"}", "hello", "[1,]"} {
		if _, err := loose.Decode([]byte(body)); !errors.Is(err, loose.ErrNotJSON) {
			t.Errorf("Decode(%q) = %v, want ErrNotJSON", body, err)
		}
	}
}
