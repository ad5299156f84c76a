package template

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRenderFillsVariables(t *testing.T) {
	t.Parallel()
	values := map[string]string{"contact.name": " Aisyah ", "company.name": "Kedai {{contact.name}}", "blank": " \t"}
	for name, c := range map[string]struct{ text, want string }{
		"a value is inserted without the blanks around it":  {"Hi {{contact.name}}!", "Hi Aisyah!"},
		"blanks inside the braces do not matter":            {"Hi {{ contact.name | there }}!", "Hi Aisyah!"},
		"a missing value uses the fallback":                 {"Hi {{contact.nick|there}}!", "Hi there!"},
		"a blank value uses the fallback":                   {"Hi {{blank|there}}!", "Hi there!"},
		"a fallback may be empty":                           {"Hi{{contact.nick|}}!", "Hi!"},
		"a value is never expanded again":                   {"{{company.name}}", "Kedai {{contact.name}}"},
		"escaped braces stay":                               {`write \{{contact.name`, "write {{contact.name"},
		"single braces stay":                                {"a } b { c", "a } b { c"},
		"the reply is trimmed and keeps its lines":          {"\n 您好 {{contact.name}}\n谢谢 \n", "您好 Aisyah\n谢谢"},
		"the same variable may appear twice":                {"{{contact.name}} {{contact.name}}", "Aisyah Aisyah"},
		"a fallback may hold a bar":                         {"{{contact.nick|a|b}}", "a|b"},
		"an escape before a variable's neighbour is a text": {`\{{x {{contact.name}}`, "{{x Aisyah"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Render(c.text, values)
			if err != nil || got != c.want {
				t.Errorf("Render(%q) = %q, %v, want %q", c.text, got, err, c.want)
			}
		})
	}
}

func TestReplyWithAHoleIsAnErrorThatNamesTheVariable(t *testing.T) {
	t.Parallel()
	got, err := Render("Hi {{contact.name}}", map[string]string{"contact.name": "  "})
	missing, ok := errors.AsType[*MissingError](err)
	if !ok || missing.Variable != "contact.name" || got != "" {
		t.Errorf("Render() = %q, %v, want an error about contact.name", got, err)
	}
}

func TestReplyWithAMistakeIsNotRendered(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{{", "a {{b", "a }} b", "{{}}", "{{ |x}}", "{{Contact.Name}}", "{{a..b}}", "{{a {{b}}", "{{1a}}"} {
		if got, err := Render(text, map[string]string{"b": "B"}); err == nil {
			t.Errorf("Render(%q) = %q, want an error", text, got)
		}
	}
}

func TestReplyTooLongForOneMessageIsAnError(t *testing.T) {
	t.Parallel()
	fits := map[string]string{"v": strings.Repeat("好", MaxRendered)}
	if got, err := Render("{{v}}", fits); err != nil || utf8.RuneCountInString(got) != MaxRendered {
		t.Errorf("Render() of the longest reply: %d characters, %v", utf8.RuneCountInString(got), err)
	}
	for _, text := range []string{"{{v}}!", strings.Repeat("{{v}}", 50)} {
		if _, err := Render(text, fits); !errors.Is(err, ErrTooLong) {
			t.Errorf("Render(%q) error = %v, want ErrTooLong", text, err)
		}
	}
}

func TestVariablesAreListedOnceInOrder(t *testing.T) {
	t.Parallel()
	got := Variables(`{{b}} {{a.x|y}} {{b}} \{{c}} {{Bad}}`)
	if diff := cmp.Diff([]string{"b", "a.x"}, got); diff != "" {
		t.Errorf("Variables() differs (-want +got):\n%s", diff)
	}
}

func TestCheckShowsWhereTheMistakesAre(t *testing.T) {
	t.Parallel()
	text := "Hi {{contact.nam}}, {{contact.name}} and {{"
	got := Check(text, []string{"contact.name"})
	want := []Mistake{{3, 18, "there is no variable contact.nam"}, {41, 43, "{{ is never closed by }}"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Check() differs (-want +got):\n%s", diff)
	}
	for _, bad := range []string{" \n", "a\x00b", "a\xffb", strings.Repeat("x", MaxRendered+1)} {
		if len(Check(bad, nil)) == 0 {
			t.Errorf("Check(%.10q) found nothing", bad)
		}
	}
	if got := Check("Hi {{anything}}", nil); len(got) != 0 {
		t.Errorf("Check() = %v, want nothing", got)
	}
}

func TestValueAppearsLiterallyInTheReply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringN(1, 50, -1).Draw(t, "value")
		got, err := Render("<{{v}}>", map[string]string{"v": value})
		if strings.TrimSpace(value) == "" {
			if err == nil {
				t.Fatalf("Render() of a blank value = %q, want an error", got)
			}
			return
		}
		if want := "<" + strings.TrimSpace(value) + ">"; err != nil || got != want {
			t.Fatalf("Render() = %q, %v, want %q", got, err, want)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, text := range []string{"Hi {{contact.name|there}}", `\{{`, "{{{{}}}}", "}}{{a|", "{{a}}{{b}}"} {
		f.Add(text, "value {{b}}")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		values := make(map[string]string)
		for _, name := range Variables(text) {
			values[name] = "x" + value
		}
		got, err := Render(text, values)
		if err == nil && utf8.RuneCountInString(got) > MaxRendered {
			t.Errorf("Render(%q) is %d characters long", text, utf8.RuneCountInString(got))
		}
		clean := len(Check(text, nil)) == 0
		if clean && err != nil && !errors.Is(err, ErrTooLong) {
			t.Errorf("Check(%q) found nothing, Render says %v", text, err)
		}
		for _, m := range Check(text, nil) {
			if m.From < 0 || m.To > len(text) || m.From > m.To {
				t.Errorf("Check(%q) points outside the text: %+v", text, m)
			}
		}
	})
}
