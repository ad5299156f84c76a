package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestARatioIsTheMedianOfTheRoundsRatios(t *testing.T) {
	t.Parallel()
	r := &report{}
	r.compare("ours", []float64{100, 300, 50}, "1/s", "theirs", []float64{100, 200, 100})
	r.add("alone", 12.5, "ms", "")
	path := filepath.Join(t.TempDir(), "bench.json")
	if err := r.write(path); err != nil {
		t.Fatalf("write() = %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Name, Unit string
		Value      float64
		Ratio      *float64
		RatioTo    *string `json:"ratio_to"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("read figures: %v", err)
	}
	if len(got) != 2 || got[0].Value != 100 || *got[0].Ratio != 1 || *got[0].RatioTo != "theirs" {
		t.Errorf("figures = %s, want 100 at a ratio of 1", text)
	}
	if got[1].Ratio != nil || got[1].RatioTo != nil || strings.Count(string(text), "null") != 2 {
		t.Errorf("figures = %s, want null where nothing is compared", text)
	}
	var table bytes.Buffer
	if err := r.print(&table); err != nil || !strings.Contains(table.String(), "ours") {
		t.Errorf("print() = %q, %v", table.String(), err)
	}
}

func TestSpreadIsRelativeToTheMedian(t *testing.T) {
	t.Parallel()
	if got := spread([]float64{8, 10, 13}); got != 0.5 {
		t.Errorf("spread() = %v, want 0.5", got)
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median() = %v, want 2.5", got)
	}
}
