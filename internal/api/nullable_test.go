package api

import (
	"encoding/json"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestAnObjectThatMayBeNullSaysSoInTheContract(t *testing.T) {
	t.Parallel()
	type person struct {
		Name string `json:"name"`
	}
	type body struct {
		Assignee orNull[person] `json:"assignee"`
	}
	for want, b := range map[string]body{
		`{"assignee":null}`:           {},
		`{"assignee":{"name":"Ben"}}`: {Assignee: orNull[person]{&person{"Ben"}}},
	} {
		got, err := json.Marshal(b)
		if err != nil || string(got) != want {
			t.Errorf("Marshal() = %s, %v, want %s", got, err, want)
		}
		var back body
		if err := json.Unmarshal(got, &back); err != nil || (back.Assignee.value == nil) != (b.Assignee.value == nil) {
			t.Errorf("Unmarshal(%s) = %v, %v", got, back, err)
		}
	}
	s := orNull[person]{}.Schema(huma.NewMapRegistry("#/", huma.DefaultSchemaNamer))
	if len(s.AnyOf) != 2 || s.AnyOf[0].Ref != "#/Person" || s.AnyOf[1].Type != "null" {
		t.Errorf("Schema() = %+v", s.AnyOf)
	}
}
