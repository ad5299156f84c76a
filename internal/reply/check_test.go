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
		for _, c := range checkFacts(answer, facts, "MYR") {
			got = got && c.Passed
		}
		if got != passes {
			t.Errorf("checkFacts(%q) passes = %v, want %v: %+v", answer, got, passes, checkFacts(answer, facts, "MYR"))
		}
	}
}

func TestMoneyIsComparedWithItsUnitAtBothEndsOfARange(t *testing.T) {
	t.Parallel()
	const facts = "Candle: 20 sen. Cake: RM 45.00. Box: RM 1,200. Shipping USD 10. Pickup within 30 minutes. Minimum 20 pieces. Wedding RM 60-80. 8% off."
	for answer, passes := range map[string]bool{
		"A candle is RM 0.20":                    true,
		"A candle is 20 sen":                     true,
		"一支 20 仙":                                true,
		"A candle is RM 20":                      false,
		"It ships for USD 10, or US$10":          true,
		"It ships for RM 10":                     false,
		"The cake is S$45":                       false,
		"RM45-50":                                false,
		"RM 45 to 50":                            false,
		"RM 45 hingga RM50":                      false,
		"40-45 ringgit":                          false,
		"RM 60-80 for weddings":                  true,
		"60 to 80 ringgit for weddings":          true,
		"RM60 至 80":                              true,
		"RM 45.00 - 6 inch":                      true,
		"Kek 6 RM 45":                            true,
		"Kek 45 RM 6":                            false,
		"蛋糕四十五块":                                 true,
		"蛋糕四十六块":                                 false,
		"一千二百令吉":                                 true,
		"一千二元":                                   true,
		"RM 1.2k":                                true,
		"RM 45k":                                 false,
		"RM四十五":                                  true,
		"45 only":                                true,
		"46 only":                                false,
		"harga 46":                               false,
		"harganya 45":                            true,
		"The price is 46":                        false,
		"It costs 46.90":                         false,
		"Small 45.00, big 46.90":                 false,
		"forty-six ringgit":                      false,
		"RM**46**":                               false,
		"RM 4\u200b6":                            false,
		"RM 4\ufe0f\u20e36\ufe0f\u20e3":          false,
		"8% off":                                 true,
		"打8折":                                    false,
		"8-10% off":                              false,
		"百分之二十":                                  false,
		"Ready in 3 days; 2 pieces each.":        true,
		"From 9.30 am until 6.30 pm, 25/12/2026": true,
		"Buka 9.30 pagi hingga 10.00 malam.":     true,
		"WhatsApp 012-345 6789 only":             true,
		"Only 3 left, 2 only":                    true,
		"营业时间 9.30 到 18.30，需要三天":                   true,
		"1.75 kg, feeds 25 people":                 true,
		"The total is 12 pieces, 30 minutes only.": true,
	} {
		got := true
		for _, c := range checkFacts(answer, facts, "MYR") {
			got = got && c.Passed
		}
		if got != passes {
			t.Errorf("checkFacts(%q) passes = %v, want %v: %+v", answer, got, passes, checkFacts(answer, facts, "MYR"))
		}
	}
}

func TestAWordForMoneyMeansTheCompanysCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer, facts, currency string
		passes                  bool
	}{
		{"$3", "SGD 3.00", "SGD", true},
		{"3元", "SGD 3.00", "SGD", true},
		{"RM 3", "SGD 3.00", "SGD", false},
		{"¥1,500", "JPY 1,500", "JPY", true},
		{"1500元", "RM 1,500", "MYR", true},
		{"£3", "€3", "MYR", false},
	} {
		if got := checkFacts(c.answer, c.facts, c.currency)[0]; got.Passed != c.passes {
			t.Errorf("checkFacts(%q, %q, %s) = %+v, want %v", c.answer, c.facts, c.currency, got, c.passes)
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
	f.Add("5 RM\n45-50 only, harga 3", "RM")
	f.Fuzz(func(t *testing.T, answer, facts string) {
		for _, c := range checkFacts(answer, answer+"\n"+facts, "MYR") {
			if !c.Passed && c.Name == "money" {
				t.Errorf("a figure of the facts themselves does not pass: %+v", c)
			}
		}
	})
}
