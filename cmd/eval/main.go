// Command eval measures the language detector and the template matcher on
// labelled data that is not part of the product, and counts the detector's
// weights. It prints figures; it decides nothing.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
)

// row is one labelled message. Every set has text and an id; the rest differs.
type row struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Lang     string `json:"lang"`
	Label    string `json:"label"`
	Source   string `json:"source"`
	Style    string `json:"style"`
	Short    bool   `json:"short"`
	Dominant string `json:"dominant"`
	Bot      string `json:"bot"`
	Part     string `json:"part"`
}

func main() {
	data := flag.String("data", "", "folder with one folder per data set, each holding public.jsonl")
	set := flag.String("set", "lid", "lid, hint3, clinc150, banking77, mycs or xsid")
	train := flag.String("train", "", "count the language weights and write them to this file")
	fit := flag.Bool("fit", false, "fit the matcher's calibration and print it")
	errors := flag.Int("errors", 0, "print this many wrong answers")
	flag.Parse()
	e := evaluation{data: *data, errors: *errors, out: os.Stdout}
	if err := e.run(*set, *train, *fit); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

// evaluation is one run of the program.
type evaluation struct {
	data   string
	errors int
	out    io.Writer
}

func (e evaluation) run(set, train string, fit bool) error {
	switch {
	case train != "":
		return e.train(train)
	case fit:
		return e.fit()
	case set == "lid":
		return e.lid()
	case set == "hint3" || set == "clinc150" || set == "banking77" || set == "mycs" || set == "xsid":
		return e.match(set)
	}
	return fmt.Errorf("unknown set %q", set)
}

// read returns the rows of a set's public part.
func (e evaluation) read(set string) ([]row, error) {
	file, err := os.Open(filepath.Join(e.data, set, "public.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("open set: %w", err)
	}
	defer file.Close()
	var rows []row
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("read row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	return rows, lines.Err()
}

// fifth returns 0 to 4 by the row's id, always the same: one fifth of the rows
// is never counted or fitted on.
func fifth(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % 5)
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}
