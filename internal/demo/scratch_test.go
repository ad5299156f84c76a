package demo

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"sembang/internal/language"
	"sembang/internal/template"
	"sembang/internal/template/match"
)

func TestScratch(t *testing.T) {
	load := func(f string) []template.Draft {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var d []template.Draft
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	own, global := load("data/templates.json"), load("data/global.json")
	flat := func(ds []template.Draft) (ex []match.Example) {
		for _, d := range ds {
			for l, list := range d.Examples {
				for _, e := range list {
					ex = append(ex, match.Example{Template: d.Name, Language: l, Text: e})
				}
			}
		}
		return ex
	}
	ex := flat(own)
	x, g := match.Build(ex), match.Build(flat(global))
	lang := 0
	for _, e := range ex {
		if l := language.Detect(e.Text); l.Language != e.Language {
			lang++
			fmt.Printf("LANG %s %+v %q\n", e.Language, l, e.Text)
		}
	}
	auto, right, wrong := 0, 0, 0
	for i := range ex {
		rest := append(append([]match.Example{}, ex[:i]...), ex[i+1:]...)
		hits := match.Build(rest).Find(ex[i].Text, 5)
		if len(hits) == 0 {
			continue
		}
		if hits[0].Template == ex[i].Template {
			right++
		}
		if match.BandOf(hits) == match.Auto {
			auto++
			if hits[0].Template != ex[i].Template {
				wrong++
				fmt.Printf("WRONG AUTO %q -> %s not %s\n", ex[i].Text, hits[0].Template, ex[i].Template)
			}
		}
	}
	fmt.Printf("leave one out: %d examples, top %d, auto %d, wrong auto %d, lang %d\n", len(ex), right, auto, wrong, lang)
	raw, _ := os.ReadFile(os.Getenv("LINES"))
	var lines []string
	_ = json.Unmarshal(raw, &lines)
	for _, l := range lines {
		hits := x.Find(l, 5)
		gh := g.Find(l, 5)
		d := language.Detect(l)
		s := fmt.Sprintf("%-50s %s %v %.2f | %s", l, d.Language, d.Mixed, d.Confidence, match.BandOf(hits))
		for i, h := range hits {
			if i < 2 {
				s += fmt.Sprintf(" %s %.3f", h.Template, h.Score)
			}
		}
		s += " || " + match.BandOf(gh).String()
		if len(gh) > 0 {
			s += fmt.Sprintf(" %s %.3f", gh[0].Template, gh[0].Score)
		}
		fmt.Println(s)
	}
}
