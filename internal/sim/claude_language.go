package sim

import (
	"regexp"
	"strings"
	"unicode"
)

// malayWords are common in Malay messages and rare in English ones; read only.
var malayWords = wordSet(`saya aku nak hendak mahu mau awak anda kami kita apa siapa mana bila kenapa mengapa bagaimana macam
 berapa harga ada tak tidak takde tiada boleh ya dah sudah belum ini itu yang dan untuk dengan dari kepada pada ke di
 kedai kek roti coklat keju telur hari esok semalam pagi petang malam buka tutup hantar penghantaran alamat tempah
 tempahan beli bayar duit murah mahal sedap terima kasih salam selamat hai tolong cakap bercakap orang manusia pekerja
 lagi juga sahaja je lah kot kah pun encik puan abang kakak adik jual stok sebiji satu dua tiga ringgit percuma`)

// dominantLanguage returns zh, ms or en: the one most words of a text are in.
// A Chinese word counts as about two characters.
func dominantLanguage(text string) string {
	han, malay, other := 0, 0, 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) || unicode.Is(unicode.Han, r)
	}) {
		if malayWords[word] || malayWords[strings.TrimSuffix(word, "nya")] {
			malay++
		} else {
			other++
		}
	}
	chinese := (han + 1) / 2
	switch {
	case chinese > 0 && chinese >= malay+other:
		return "zh"
	case malay > 0 && malay >= other && malay >= chinese:
		return "ms"
	case chinese > other:
		return "zh"
	}
	return "en"
}

var (
	// person matches a wish to speak with somebody of the shop.
	person = regexp.MustCompile(`(?i)\b(human|real person|agent|staff|manager|operator|orang|manusia|pekerja|pegawai|kakitangan)\b` +
		`|人工|真人|客服|经理|职员|找人`)
	// headcount is how many people eat, "10 orang", which asks for nobody.
	headcount = regexp.MustCompile(`(?i)\d+\s*orang\b`)
)

func asksForPerson(question string) bool {
	return person.MatchString(headcount.ReplaceAllString(question, ""))
}
