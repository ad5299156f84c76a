package reply

import "testing"

func TestOnlyFiguresThatStandInTheFactsPass(t *testing.T) {
	t.Parallel()
	const facts = "Kek coklat: RM 49.90. Delivery RM1,250 for weddings. Members get 10% off. See https://kedai.example/menu or kedai.com.my. 红丝绒 88 令吉"
	for answer, passes := range map[string]bool{
		"It is RM49.90.":                          true,
		"It is RM 49.9":                           true,
		"Harganya 49.90 ringgit":                  true,
		"RM1250 for weddings":                     true,
		"售价 ８８ 令吉":                                true,
		"It is RM 45.":                            false,
		"Only 45 ringgit":                         false,
		"It is rm45":                              false,
		"Just $49.91":                             false,
		"只要45块":                                   false,
		"10% off for members":                     true,
		"15% off for members":                     false,
		"diskaun 20 peratus":                      false,
		"打8折":                                     false,
		"Look at https://kedai.example/menu.":     true,
		"Look at https://evil.example/menu":       false,
		"Look at evil.com":                        false,
		"We have 3 sizes and open at 10.":         true,
		"Call 03-7728 1234 or come at 9.30 am":    true,
		"It is RM 49.90, or RM 99.80 for two.":    false,
		"I cannot tell the price; shall I ask?":   true,
		"Ordered at www.kedai.com.my/shop always": false,
	} {
		got := true
		for _, c := range checkFacts(answer, facts) {
			got = got && c.Passed
		}
		if got != passes {
			t.Errorf("checkFacts(%q) passes = %v, want %v: %+v", answer, got, passes, checkFacts(answer, facts))
		}
	}
}

func TestAWishForAPersonIsHeardInThreeLanguages(t *testing.T) {
	t.Parallel()
	for text, asks := range map[string]bool{
		"Can I talk to a human?":                true,
		"I want to speak with your manager":     true,
		"nak cakap dengan manusia":              true,
		"boleh sambungkan saya ke pekerja?":     true,
		"请转人工客服":                                true,
		"我要找经理":                                 true,
		"is it safe for human consumption":      false,
		"do you have cakes for a staff party":   false,
		"hello":                                 false,
		"human":                                 true,
		"客服":                                    true,
		"agent please":                          true,
		"can i get a cake for my staff party":   false,
		"I want a cake for forty staff":         false,
		"nak tempah kek untuk 40 pekerja":       false,
		"berapa harga kek":                      false,
		"营业时间":                                  false,
		"my manager loved the cake, thank you!": false,
	} {
		if got := asksForPerson(text); got != asks {
			t.Errorf("asksForPerson(%q) = %v, want %v", text, got, asks)
		}
	}
}

func FuzzCheckFacts(f *testing.F) {
	f.Add("It is RM 49.90", "RM 49.90")
	f.Add("88 令吉 10%", "https://x.my")
	f.Fuzz(func(t *testing.T, answer, facts string) {
		for _, c := range checkFacts(answer, answer+"\n"+facts) {
			if !c.Passed && c.Name == "money" {
				t.Errorf("a figure of the facts themselves does not pass: %+v", c)
			}
		}
	})
}
