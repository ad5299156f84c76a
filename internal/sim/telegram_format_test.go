package sim

import (
	"fmt"
	"testing"
)

func TestUnitsAreUTF16(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"hello": 5, "三个字": 3, "\U0001F600": 2, "👨\u200d👩\u200d👧\u200d👦": 11, "🇲🇾": 4, "👍🏽": 4, "e\u0301": 2,
	} {
		if got := units(text); got != want {
			t.Errorf("units(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestMarkupBecomesEntities(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ mode, raw, text, entities string }{
		"html":             {"html", "🏟<b>x &lt;<i>y</i></b> &amp;&quot;", "🏟x <y &\"", "[{bold 2 4   } {italic 5 1   }]"},
		"html short end":   {"html", "<i>a</>", "a", "[{italic 0 1   }]"},
		"html empty":       {"html", "a<b></b>", "a", "[]"},
		"html link":        {"html", `<a href="https://a.my/?x=1&amp;y">z</a>`, "z", "[{text_link 0 1 https://a.my/?x=1&y  }]"},
		"html code":        {"html", `<pre><code class="language-go">x</code></pre>`, "x", "[{pre 0 1  go }]"},
		"html spoiler":     {"html", `<span class="tg-spoiler">x</span>`, "x", "[{spoiler 0 1   }]"},
		"html trimmed":     {"html", " \n<b> x </b>\n", "x", "[{bold 0 1   }]"},
		"html bare &":      {"html", "a & b &lt c", "a & b < c", "[]"},
		"v2 nested":        {"markdownv2", "*b _i_* ~s~ ||h||", "b i s h", "[{bold 0 3   } {italic 2 1   } {strikethrough 4 1   } {spoiler 6 1   }]"},
		"v2 underline":     {"markdownv2", "🏟 🏟_🏟 __🏟___", "🏟 🏟🏟 🏟", "[{italic 5 5   } {underline 8 2   }]"},
		"v2 escape":        {"markdownv2", `1\.5 \*`, "1.5 *", "[]"},
		"v2 code":          {"markdownv2", "`a*b`", "a*b", "[{code 0 3   }]"},
		"v2 pre":           {"markdownv2", "```go\nx.y```", "x.y", "[{pre 0 3  go }]"},
		"v2 link":          {"markdownv2", `[x](https://a.my/\))`, "x", "[{text_link 0 1 https://a.my/)  }]"},
		"v2 quote":         {"markdownv2", ">a\n>b\nc", "a\nb\nc", "[{blockquote 0 4   }]"},
		"v2 expandable":    {"markdownv2", ">a\n>b||\nc", "a\nb\nc", "[{expandable_blockquote 0 4   }]"},
		"legacy":           {"markdown", "*b* _i_ `c` 1.5!", "b i c 1.5!", "[{bold 0 1   } {italic 2 1   } {code 4 1   }]"},
		"none leaves text": {"", "*a* <b>", "*a* <b>", "[]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, reason := parseText(c.raw, c.mode)
			f = f.trimmed()
			if got := fmt.Sprint(f.entities); reason != "" || f.text != c.text || got != c.entities {
				t.Errorf("parseText(%q) = %q %s %q, want %q %s", c.raw, f.text, got, reason, c.text, c.entities)
			}
		})
	}
}

func TestBrokenMarkupIsRefusedInTelegramsWords(t *testing.T) {
	t.Parallel()
	cases := []struct{ mode, raw, reason string }{
		{"html", "<b>x", `Can't find end tag corresponding to start tag "b"`},
		{"html", "x</b>", `Unexpected end tag at byte offset 1`},
		{"html", "<b>x</i>", `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`},
		{"html", "<h1>x</h1>", `Unsupported start tag "h1" at byte offset 0`},
		{"html", "5 < 6 > 3", `Unsupported start tag "" at byte offset 2`},
		{"html", "a <b", `Unclosed start tag at byte offset 2`},
		{"html", "<b>x</b", `Unclosed end tag at byte offset 4`},
		{"html", "<span>x</span>", `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{"markdownv2", "1.5", `Character '.' is reserved and must be escaped with the preceding '\'`},
		{"markdownv2", "🏟 🏟!", `Character '!' is reserved and must be escaped with the preceding '\'`},
		{"markdownv2", "🏟 🏟>", `Character '>' is reserved and must be escaped with the preceding '\'`},
		{"markdownv2", ">\n*a*>2", `Character '>' is reserved and must be escaped with the preceding '\'`},
		{"markdownv2", "🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"},
		{"markdownv2", "🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"},
		{"markdownv2", "🏟 🏟_abac * asd _", "Can't find end of Italic entity at byte offset 21"},
		{"markdownv2", "🏟 🏟`", "Can't find end of Code entity at byte offset 9"},
		{"markdownv2", "🏟 🏟```a", "Can't find end of Pre entity at byte offset 9"},
		{"markdownv2", "🏟 🏟```a ", "Can't find end of PreCode entity at byte offset 9"},
		{"markdownv2", "🏟 🏟__🏟 🏟_", "Can't find end of Italic entity at byte offset 20"},
		{"markdownv2", "🏟 🏟_🏟 🏟__", "Can't find end of Underline entity at byte offset 19"},
		{"markdownv2", "🏟 🏟```🏟 🏟`", "Can't find end of Code entity at byte offset 21"},
		{"markdownv2", "🏟 🏟__🏟 _🏟___", "Can't find end of Italic entity at byte offset 23"},
		{"markdownv2", `🏟 🏟||test\|`, "Can't find end of Spoiler entity at byte offset 9"},
		{"markdownv2", `[telegram\.org](asd\)`, "Can't find end of a URL at byte offset 16"},
		{"markdownv2", "🏟 🏟![👍](tg://emoji?id=1234", "Can't find end of a custom emoji URL at byte offset 17"},
		{"markdownv2", ">*b\n>ld \n>bo\nld*\nasd\ndef", "Can't find end of Bold entity at byte offset 1"},
		{"markdownv2", ">asd\n>q||e||w||\n||asdad", "Can't find end of Spoiler entity at byte offset 16"},
		{"markdownv2", ">asd\n>q||ew\n||asdad", "Can't find end of Spoiler entity at byte offset 7"},
		{"markdownv2", ">asd\n>q||e||w||a\n||asdad", "Can't find end of Spoiler entity at byte offset 13"},
		{"markdown", "*unclosed", "Can't find end of the entity starting at byte offset 0"},
		{"xml", "x", "unsupported parse_mode"},
	}
	for _, c := range cases {
		want := "can't parse entities: " + c.reason
		if c.mode == "xml" {
			want = c.reason
		}
		if _, reason := parseText(c.raw, c.mode); reason != want {
			t.Errorf("parseText(%q, %q) refused with %q, want %q", c.raw, c.mode, reason, want)
		}
	}
}

func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{"<b>x</b>", "*b _i_*", "```go\nx```", ">a||\n", "[a](b)", "![x](tg://emoji?id=1)", "&#60;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, mode := range []string{"html", "markdownv2", "markdown"} {
			parsed, reason := parseText(raw, mode)
			if reason != "" {
				continue
			}
			parsed = parsed.trimmed()
			for _, e := range parsed.entities {
				if e.Offset < 0 || e.Length < 1 || e.Offset+e.Length > units(parsed.text) {
					t.Errorf("%s of %q has entity %+v outside of %q", mode, raw, e, parsed.text)
				}
			}
		}
	})
}
