package demo

import (
	"fmt"
	"testing"
	"time"

	"sembang/internal/channel"
	"sembang/internal/id"
)

func TestScratchPlay(t *testing.T) {
	own, _ := readDrafts("templates.json")
	global, _ := readDrafts("global.json")
	s := stage{people: map[string]id.User{}, accounts: map[channel.Kind]id.Integration{"onsend": id.Integration(id.New()), "telegram": id.Integration(id.New())}, own: newShelf(own, nil), global: newShelf(global, nil), now: time.Now()}
	for _, p := range People {
		s.people[p.Email] = id.User(id.New())
	}
	scripts, err := readScripts("week.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]*thread{}
	w := &week{}
	fmt.Println(len(scripts), "scripts")
	for _, sc := range scripts {
		th, err := open(s, w, sc, known)
		if err != nil {
			fmt.Println(sc.line, sc.name, err)
			continue
		}
		for _, st := range sc.steps {
			if err := th.step(st); err != nil {
				fmt.Println(st.line, sc.name, st.op, err)
			}
		}
		if len(th.pending) > 0 && th.box.BotState != "handed_over" {
			fmt.Println(sc.line, sc.name, "DUE")
		}
	}
}
