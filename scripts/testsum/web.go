package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// vitestReport is the part of vitest's JSON report that counts.
type vitestReport struct {
	TestResults []struct {
		Name             string
		Status           string
		Message          string
		AssertionResults []struct {
			FullName        string
			Status          string
			FailureMessages []string
		}
	}
}

func (s *sum) addVitest(content []byte) (int, error) {
	var report vitestReport
	if err := json.Unmarshal(content, &report); err != nil {
		return 0, fmt.Errorf("decode vitest report: %w", err)
	}
	tests := 0
	for _, file := range report.TestResults {
		if file.Status == "failed" && len(file.AssertionResults) == 0 {
			tests++
			s.fail("vitest "+file.Name, file.Message)
		}
		for _, test := range file.AssertionResults {
			tests++
			s.addWebTest("vitest", test.FullName, test.Status, "passed", strings.Join(test.FailureMessages, "\n"))
		}
	}
	return tests, nil
}

// playwrightReport is the part of Playwright's JSON report that counts.
type playwrightReport struct {
	Suites []suite
	Errors []struct{ Message string }
}

type suite struct {
	Suites []suite
	Specs  []struct {
		Title string
		Tests []struct {
			ProjectName string
			Status      string // expected, unexpected, flaky, skipped
			Results     []struct {
				Errors []struct{ Message string }
			}
		}
	}
}

func (s *sum) addPlaywright(content []byte) (int, error) {
	var report playwrightReport
	if err := json.Unmarshal(content, &report); err != nil {
		return 0, fmt.Errorf("decode playwright report: %w", err)
	}
	tests := 0
	for _, e := range report.Errors {
		tests++
		s.fail("playwright", e.Message)
	}
	for _, suite := range report.Suites {
		tests += s.addSuite(suite)
	}
	return tests, nil
}

func (s *sum) addSuite(in suite) int {
	tests := 0
	for _, spec := range in.Specs {
		for _, test := range spec.Tests {
			tests++
			var messages []string
			for _, result := range test.Results {
				for _, e := range result.Errors {
					messages = append(messages, e.Message)
				}
			}
			s.addWebTest("playwright "+test.ProjectName, spec.Title, test.Status, "expected", strings.Join(messages, "\n"))
		}
	}
	for _, inner := range in.Suites {
		tests += s.addSuite(inner)
	}
	return tests
}

// addWebTest counts a test as passed only if its status is the good one: a
// skipped and a flaky test are failures.
func (s *sum) addWebTest(tool, name, status, good, output string) {
	if status == good {
		s.passed++
		return
	}
	s.fail(fmt.Sprintf("%s %s (%s)", tool, name, status), output)
}
