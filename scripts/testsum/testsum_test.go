package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func summarize(stream string) (string, bool) {
	var out strings.Builder
	s := &sum{out: &out}
	s.readGo(strings.NewReader(stream))
	ok := s.close()
	return out.String(), ok
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func TestGoEventsAreCounted(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		stream, last, shows string
		ok                  bool
	}{
		"passed": {
			`{"Action":"pass","Package":"p","Test":"TestA/b"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1.5}`, "2 passed, 0 failed", "ok    p, 2 passed, 1.5 s", true,
		},
		"failed": {
			`{"Action":"output","Package":"p","Test":"TestA","Output":"a_test.go:3: got 1\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`, "0 passed, 1 failed", "a_test.go:3: got 1", false,
		},
		"skipped": {
			`{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p"}`, "1 passed, 1 failed", "p TestB (skipped)", false,
		},
		"not compiled": {
			`{"ImportPath":"p [p.test]","Action":"build-output","Output":"a.go:1: syntax error\n"}
{"ImportPath":"p [p.test]","Action":"build-fail"}
{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`, "0 passed, 1 failed", "syntax error", false,
		},
		"crashed": {
			`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: no\n"}
{"Action":"fail","Package":"p"}`, "0 passed, 1 failed", "panic: no", false,
		},
		"no test files": {
			`{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"q"}`, "1 passed, 0 failed", "", true,
		},
		"nothing ran": {"", "0 passed, 1 failed", "no test ran", false},
		"other output": {
			`withcluster: PostgreSQL is not installed`, "0 passed, 1 failed", "PostgreSQL is not installed", false,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, ok := summarize(c.stream)
			if ok != c.ok || lastLine(out) != c.last || !strings.Contains(out, c.shows) {
				t.Errorf("summary = %v\n%s\nwant %v, %q and %q", ok, out, c.ok, c.last, c.shows)
			}
		})
	}
}

func TestWebReportsAreCounted(t *testing.T) {
	t.Parallel()
	vitest := `{"testResults":[
		{"name":"a.test.ts","status":"passed","assertionResults":[{"fullName":"adds","status":"passed"},{"fullName":"waits","status":"pending"}]},
		{"name":"b.test.ts","status":"failed","message":"cannot import","assertionResults":[]}]}`
	playwright := `{"suites":[{"specs":[{"title":"answers","tests":[{"projectName":"c","status":"expected","results":[]}]}],
		"suites":[{"specs":[{"title":"shakes","tests":[{"projectName":"c","status":"flaky","results":[{"errors":[{"message":"timed out"}]}]}]}]}]}],"errors":[]}`
	var out strings.Builder
	s := &sum{out: &out}
	dir := t.TempDir()
	for name, content := range map[string]string{"v.json": vitest, "p.json": playwright, "empty.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.readReport("vitest", filepath.Join(dir, "v.json"), s.addVitest)
	s.readReport("playwright", filepath.Join(dir, "p.json"), s.addPlaywright)
	s.readReport("playwright", filepath.Join(dir, "empty.json"), s.addPlaywright)
	s.readReport("vitest", filepath.Join(dir, "missing.json"), s.addVitest)
	if s.close() {
		t.Error("close() reports success")
	}
	for _, want := range []string{"waits (pending)", "cannot import", "shakes (flaky)", "timed out", "holds no test", "no report", "2 passed, 5 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("summary lacks %q:\n%s", want, out.String())
		}
	}
}
