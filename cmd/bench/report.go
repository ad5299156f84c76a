package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
)

// figure is one line of bench.json. Ratio is null where nothing is compared.
type figure struct {
	Name    string   `json:"name"`
	Value   float64  `json:"value"`
	Unit    string   `json:"unit"`
	Ratio   *float64 `json:"ratio"`
	RatioTo *string  `json:"ratio_to"`

	note string
}

// report collects the figures in the order they are told.
type report struct{ figures []figure }

func (r *report) add(name string, value float64, unit, note string) {
	r.figures = append(r.figures, figure{Name: name, Value: value, Unit: unit, note: note})
}

// compare adds the median of values, and the median of their ratios to others,
// round by round: both sides of a ratio saw the same minute of the machine.
func (r *report) compare(name string, values []float64, unit, to string, others []float64) {
	ratios := make([]float64, len(values))
	for i := range values {
		ratios[i] = values[i] / others[i]
	}
	ratio := median(ratios)
	note := fmt.Sprintf("rounds %s, ratios %.2f to %.2f", rounds(values), slices.Min(ratios), slices.Max(ratios))
	r.figures = append(r.figures, figure{Name: name, Value: median(values), Unit: unit, Ratio: &ratio, RatioTo: &to, note: note})
}

// repeated adds the median of values.
func (r *report) repeated(name string, values []float64, unit string) {
	r.add(name, median(values), unit, "rounds "+rounds(values))
}

func (r *report) write(path string) error {
	for i := range r.figures {
		// Six digits are more than any of this is good for.
		r.figures[i].Value = round(r.figures[i].Value)
		if ratio := r.figures[i].Ratio; ratio != nil {
			*ratio = round(*ratio)
		}
	}
	text, err := json.MarshalIndent(r.figures, "", "  ")
	if err != nil {
		return fmt.Errorf("encode figures: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil { //nolint:gosec // a report for everybody
		return fmt.Errorf("write figures: %w", err)
	}
	return nil
}

func (r *report) print(to io.Writer) error {
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "measure\tvalue\tunit\tratio\tto\t")
	for _, f := range r.figures {
		ratio, other := "", ""
		if f.Ratio != nil {
			ratio, other = fmt.Sprintf("%.2f", *f.Ratio), *f.RatioTo
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, short(f.Value), f.Unit, ratio, other, f.note)
	}
	return t.Flush()
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}

// spread is how far apart the lowest and the highest are, of the median.
func spread(values []float64) float64 {
	return (slices.Max(values) - slices.Min(values)) / median(values)
}

func rounds(values []float64) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += " "
		}
		text += short(v)
	}
	return text
}

func short(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func round(v float64) float64 {
	const digits = 1e6
	return float64(int64(v*digits+0.5)) / digits
}
