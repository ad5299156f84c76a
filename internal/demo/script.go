package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// script is a conversation of data/week.txt.
type script struct {
	line    int
	name    string
	channel string
	address string
	start   moment
	agent   string // who it is assigned to, "" for nobody
	steps   []step
}

// moment is when a conversation starts: a time of a day, or a while ago.
type moment struct {
	days  int
	clock time.Duration // since midnight
	ago   time.Duration // used if days is 0
}

// step is one thing that happens: op is its kind, after wait.
type step struct {
	line int
	wait time.Duration
	op   string
	text string
}

// pauses is how long each kind of step takes when the script does not say.
var pauses = map[string]time.Duration{
	"<": 50 * time.Second, "T": time.Second, "C": 2 * time.Second, "H": 2 * time.Second,
	"@": 3 * time.Minute, "P": 4 * time.Minute, "*": 20 * time.Second, "!": 0, ".": time.Minute,
}

// shopTime is the clock on the shop's wall.
var shopTime = time.FixedZone("MYT", 8*60*60)

func (m moment) before(now time.Time) time.Time {
	if m.days == 0 {
		return now.Add(-m.ago)
	}
	year, month, day := now.In(shopTime).Date()
	return time.Date(year, month, day-m.days, 0, 0, 0, 0, shopTime).Add(m.clock)
}

// readScripts reads a file of scripts; its first lines explain the form.
func readScripts(name string) ([]script, error) {
	raw, err := data.ReadFile("data/" + name)
	if err != nil {
		return nil, fmt.Errorf("read demo data: %w", err)
	}
	var scripts []script
	for i, text := range strings.Split(string(raw), "\n") {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
			continue
		case strings.HasPrefix(text, "=="):
			s, err := readHeader(text)
			if err != nil {
				return nil, fmt.Errorf("read %s line %d: %w", name, i+1, err)
			}
			s.line = i + 1
			scripts = append(scripts, s)
			continue
		case len(scripts) == 0:
			return nil, fmt.Errorf("read %s line %d: no conversation yet", name, i+1)
		}
		st, err := readStep(text)
		if err != nil {
			return nil, fmt.Errorf("read %s line %d: %w", name, i+1, err)
		}
		st.line = i + 1
		last := &scripts[len(scripts)-1]
		last.steps = append(last.steps, st)
	}
	return scripts, nil
}

func readHeader(text string) (script, error) {
	fields := strings.Split(strings.TrimLeft(text, "= "), "|")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if len(fields) != 4 {
		return script{}, fmt.Errorf("want name | channel address | start | agent, got %q", text)
	}
	s := script{name: fields[0], agent: fields[3]}
	var ok bool
	if s.channel, s.address, ok = strings.Cut(fields[1], " "); !ok {
		return script{}, fmt.Errorf("%q is no channel and address", fields[1])
	}
	if s.agent == "-" {
		s.agent = ""
	}
	var err error
	s.start, err = readMoment(fields[2])
	return s, err
}

func readMoment(text string) (moment, error) {
	days, clock, dated := strings.Cut(text, "d ")
	if !dated {
		ago, err := time.ParseDuration(text)
		if err != nil || ago <= 0 {
			return moment{}, fmt.Errorf("%q is no start: want 3d 14:05, or 40m", text)
		}
		return moment{ago: ago}, nil
	}
	var m moment
	var hour, minute int
	if _, err := fmt.Sscanf(days+" "+clock, "%d %d:%d", &m.days, &hour, &minute); err != nil || m.days < 1 || hour > 23 || minute > 59 {
		return moment{}, fmt.Errorf("%q is no start: want 3d 14:05, or 40m", text)
	}
	m.clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	return m, nil
}

func readStep(text string) (step, error) {
	var s step
	waits := strings.HasPrefix(text, "+")
	if waits {
		wait, rest, _ := strings.Cut(text[1:], " ")
		d, err := time.ParseDuration(wait)
		if err != nil || d < 0 {
			return step{}, fmt.Errorf("%q is no wait", wait)
		}
		s.wait, text = d, strings.TrimSpace(rest)
	}
	if who, named := strings.CutPrefix(text, "@"); named {
		text = "@ " + who
	}
	s.op, s.text, _ = strings.Cut(text, " ")
	s.text = strings.TrimSpace(s.text)
	pause, known := pauses[s.op]
	if !known {
		return step{}, fmt.Errorf("%q is no step", s.op)
	}
	if !waits {
		s.wait = pause
	}
	if takes := slices.Contains([]string{"<", "T", "C", "H", "@", "P", "*", "!"}, s.op); takes != (s.text != "") {
		return step{}, fmt.Errorf("step %q with text %q", s.op, s.text)
	}
	return s, nil
}
