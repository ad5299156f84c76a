// Command testsum reads what go test -json prints, shows each package as it
// ends and each failure with its output, adds the reports of the web app's
// tests, and closes with the line "N passed, M failed".
//
// A skipped test counts as failed, and so does a report that is missing or
// holds no test: nothing passes by not having run.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	vitest := flag.String("vitest", "", "JSON `report` of vitest")
	playwright := flag.String("playwright", "", "JSON `report` of Playwright")
	flag.Parse()
	s := &sum{out: os.Stdout}
	s.readGo(os.Stdin)
	s.readReport("vitest", *vitest, s.addVitest)
	s.readReport("playwright", *playwright, s.addPlaywright)
	if !s.close() {
		os.Exit(1)
	}
}

// sum counts tests and prints what a reader needs.
type sum struct {
	out            io.Writer
	passed, failed int
	failures       []string // printed again at the end
}

func (s *sum) print(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

// fail counts one failure and shows its output at once.
func (s *sum) fail(name, output string) {
	s.failed++
	s.failures = append(s.failures, name)
	s.print("FAIL  %s", name)
	if output != "" {
		s.print("%s", indent(output))
	}
}

// readReport adds the tests of a report file, if one is named.
func (s *sum) readReport(tool, path string, add func([]byte) (int, error)) {
	if path == "" {
		return
	}
	content, err := os.ReadFile(path)
	if err != nil {
		s.fail(tool, "no report: "+err.Error())
		return
	}
	before := s.passed
	tests, err := add(content)
	switch {
	case err != nil:
		s.fail(tool, "report cannot be read: "+err.Error())
	case tests == 0:
		s.fail(tool, "the report holds no test")
	default:
		s.print("ok    %s, %d passed", tool, s.passed-before)
	}
}

// close prints the closing line and tells whether everything passed.
func (s *sum) close() bool {
	if len(s.failures) > 0 {
		s.print("\nFailed:")
		for _, name := range s.failures {
			s.print("  %s", name)
		}
	}
	s.print("%d passed, %d failed", s.passed, s.failed)
	return s.failed == 0
}
