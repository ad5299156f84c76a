package sim

import (
	"net/http"
	"strings"
	"testing"
)

func FuzzBody(f *testing.F) {
	f.Add("application/json", `{"a":1,"b":"x","c":null,"d":[{}]}`)
	f.Add("application/x-www-form-urlencoded", "a=1&b=%zz")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--")
	f.Add("multipart/form-data", "")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://a.my/?q=1", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Content-Type"] = []string{contentType}
		args, _, recorded, _ := decodeBody(r, []byte(body))
		if args == nil || len(recorded) == 0 {
			t.Errorf("decodeBody(%q, %q) recorded %q with arguments %v", contentType, body, recorded, args)
		}
	})
}
