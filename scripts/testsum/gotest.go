package main

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// event is one line of go test -json.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build output
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// goRun follows the packages of one stream of events.
type goRun struct {
	*sum
	output map[string]*strings.Builder // by package, or package and test
	builds map[string]*strings.Builder // compiler output by import path
	passed map[string]int              // by package
	failed map[string]int
}

// readGo counts every test and subtest of a stream until its end.
func (s *sum) readGo(in io.Reader) {
	run := &goRun{
		sum: s, output: map[string]*strings.Builder{}, builds: map[string]*strings.Builder{},
		passed: map[string]int{}, failed: map[string]int{},
	}
	counted := s.passed + s.failed
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			run.line(line)
		}
		if err != nil {
			break
		}
	}
	if s.passed+s.failed == counted {
		s.fail("go test", "no test ran")
	}
}

func (r *goRun) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
		r.print("%s", strings.TrimRight(line, "\n"))
		return
	}
	switch e.Action {
	case "output":
		appendTo(r.output, key(e), e.Output)
	case "build-output":
		appendTo(r.builds, e.ImportPath, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
	}
}

func (r *goRun) endTest(e event) {
	name := e.Package + " " + e.Test
	switch e.Action {
	case "pass":
		r.sum.passed++
		r.passed[e.Package]++
	case "skip":
		r.failed[e.Package]++
		r.fail(name+" (skipped)", text(r.output[key(e)]))
	case "fail":
		r.failed[e.Package]++
		r.fail(name, text(r.output[key(e)]))
	}
	delete(r.output, key(e))
}

// endPackage reports a package. One that fails without a failing test did not
// compile, or its program crashed.
func (r *goRun) endPackage(e event) {
	switch {
	case e.Action == "fail" && e.FailedBuild != "":
		r.fail(e.Package, text(r.builds[e.FailedBuild]))
	case e.Action == "fail" && r.failed[e.Package] == 0:
		r.fail(e.Package, r.everythingFrom(e.Package))
	case r.passed[e.Package] > 0 && e.Action == "pass":
		r.print("ok    %s, %d passed, %.1f s", e.Package, r.passed[e.Package], e.Elapsed)
	}
	r.passed[e.Package], r.failed[e.Package] = 0, 0
	delete(r.output, key(e))
}

// everythingFrom joins the output of a package and of its unfinished tests.
func (r *goRun) everythingFrom(pkg string) string {
	all := text(r.output[pkg])
	for k, out := range r.output {
		if strings.HasPrefix(k, pkg+" ") {
			all += "\n" + text(out)
		}
	}
	return strings.TrimSpace(all)
}

func key(e event) string {
	if e.Test == "" {
		return e.Package
	}
	return e.Package + " " + e.Test
}

// appendTo keeps at most maxOutput bytes of one test.
func appendTo(outputs map[string]*strings.Builder, key, output string) {
	const maxOutput = 64 << 10
	b := outputs[key]
	if b == nil {
		b = &strings.Builder{}
		outputs[key] = b
	}
	if b.Len() < maxOutput {
		b.WriteString(output)
	}
}

func text(b *strings.Builder) string {
	if b == nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

func indent(s string) string {
	return "      " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n      ")
}
