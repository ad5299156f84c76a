package language

import "strings"

// Words whose language people know better than counting does, because short
// messages are full of spellings that no corpus of sentences has. Grouped by
// what they are; the score is the log odds of Malay against English.
const (
	// malaySpellings are words of chat Malay, of Malaysia and of its dialects.
	malaySpellings = `
		x xde xda xd xpe xdak xleh xblh xboleh xnak xtau xtahu xjd xkan xyah xpayah xpernah xsampai xdpt xdapat xfaham xsuka xperlu xmo
		nk nak nakk tak tk tok tidak tdk tidk takde takda tkde tade takpe takpa tkpe takkan takyah takleh
		sy sya saya kami kita kmi kte korang krg diorang dorang dia dieorang depa hampa awak awk kau ko aku ak akak kak bang abg abang adik dik cik encik puan tuan
		yg yang dgn dengan utk untuk kpd kepada drpd daripada dari dlm dalam pd pada kat dkt dekat ke di dkat kt ni tu itu ini tuh nih camni camtu cmni cmtu mcm macam mcmana camne cmne camna gini gitu
		brp brapa bape bpe berapa brape bila bile mana mane kenapa knp knape npe pasal psl ape apa apo sapa siapa sape cemana bagaimana bgmn mengapa
		ada ade adakah bole boleh blh bleh dpt dapat dah sdh sudah dh blm blum belum lum lg lagi lgi jgn jangan jgk juga jg jugak je jer jela sahaja saja sje ja sbb sebab kerana krn kalau klu kalu kalo klau tapi tp ttp tetapi atau mau mahu hendak
		beli bli bayar byr harga hrga hrg jual jualan duit ringgit barang brg brang kedai kdai hantar hntr pos poslaju penghantaran sampai smpai smpi sampi pakai pkai guna gune tempah tempahan pesan pesanan cuti buka bukak tutup hari esok esk semalam smlm malam mlm pagi petang ptg tengahari minggu bulan tahun thn bulanan
		terima kasih trima tkasih kasih sama2 sama maaf mintak minta mnta tolong tlg tlong sila selamat salam assalamualaikum wassalam waalaikumsalam insyaallah alhamdulillah pun pn kan kn lepas lps lpas nanti nnti skrg skang skarang sekarang tgh tengah baru bru tgk tengok nampak ckp cakap tau tahu faham paham suka sker skit sikit ckit sket banyak bnyk byk semua smua sume sumer orang org orng anak bini laki suami isteri rumah rmh umah sekolah keja kerja krja makan mkn minum tido tidur jalan jln kereta keta moto
		besar bsr kecil kecik kcik cantik cntik comel baik bagus bgus elok murah mahal mhal lambat lmbt cepat cpt rosak rsk pecah koyak warna wrna merah biru hitam putih hijau kuning saiz kasut baju seluar tudung kotor nipis tebal sedap sdp panas sejuk
		satu dua tiga empat lima enam tujuh lapan sembilan sepuluh ribu juta helai biji pasang psg keping
		camtulah mmg memang mesti kena kne perlu cuba try2 bagi bg bgi kasi amik ambik ambil buat nmpk rase rasa jap sekejap kejap dolu dulu dlu awal akhir terus trus hnya hanya sgt sangat sngt betul btul btol btl salah silap kurang krg lebih lbh hmpir hampir sini sana sane situ tempat tmpt dgr dengar jumpa jmpe hilang bila2 apa2 sapa2 mana2 macam2 kdg2
		masih msh tetap kot kut kang gak gk ga nggak bgt banget udah udh aja kok dong sih kamu bapak ibu bisa karena cuma gimana
		alamat almt nombor nombo telefon tepon akaun resit bukti gambar gmbr pengeluaran pembayaran byran bayaran kilang cawangan pejabat negeri tepung daging ayam ikan telur sayur beras nasi teh
		setiap tiap selepas sebelum semasa ketika antara tentang mengenai oleh ialah adalah telah akan sedang seperti supaya agar walaupun namun malah lalu maka bahawa iaitu serta para bukan jika apabila`
	// englishSpellings are words of chat English and of Manglish that are no Malay.
	englishSpellings = `
		urs r d b4 2moro tmr tmrw tml 2day 2nite l8r gd gud mornin nite nvm nvr dun dunno dont doesnt didnt cant wont isnt wasnt im ive ill youre theyre thats whats wats wats wad wan wanna gonna gotta abt bcos bcuz bcz cuz cos becoz coz coming cming wif wiv wth juz jus bout oredi alr alrdy liddat shld cld wld hv hav haf rcv rcvd recvd recieve recieved rec yr yrs yest ytd btw asap omg idk idc lol lmao rofl brb ttyl imho
		the is are was were be been being do does did done have has had will would can could should shall may might must to of and or but if in on at by for from with without about this that these those it its he she they them we you your yours my mine me i i'm i've i'll i'd you're we're they're it's that's what's don't doesn't didn't can't won't isn't wasn't aren't not yes how what when where which who whom why there here then than so too very much many more most some any all each every other another only just also still already yet again ever never always often
		want wants need needs know think thinking get got give take make go going come see say said tell ask buy bought pay paid send sent sell work works open close closed available price prices cost costs cheap expensive delivery deliver shipping ship shipped arrive arrived receive received broken wrong exchange change cancel today tomorrow yesterday tonight morning afternoon evening night week month year now later soon good bad great love like 
		izzit anot ain't im`
	// sharedWords are at home in both: loan words of trade, particles, laughter,
	// names of channels. They lean to English, in which they stand alone.
	sharedWords = `
		ok okay oke okie okey k kk hi hai hello helo hey bye boss bos bossku bro sis dear sir mr mrs miss
		lah la laa lahh loh lor leh meh mah hor ah aa ar eh oh o ya yup yep yeah ye hmm hm mm haha hehe hihi hahaha huhu wah alamak aiyo aiya walao adoi 
		n u thx thks tnx thanks pls plz please sorry msg nice best order orders seller parcel size refund cod stock stok tracking online shopee lazada grab whatsapp wassap ws pm dm admin link slot booking voucher promo offer sale sales brand model set unit box pack pcs pc item items free gift test type item qr fpx tng maybank cimb bank shop check cek confirm feedback review rating
		s m l xl xxl xs cm mm kg g km ml rm am pm no a e c f h j p q t v w y z
		malaysia kl johor penang selangor sabah sarawak jb pj klang ipoh melaka singapore facebook fb ig insta instagram google youtube tiktok iphone samsung phone laptop wifi internet app apps email hotel restoran bas bus taxi teksi doctor doktor filem tiket ticket muzik radio video foto album`
)

// The score of a word on each list.
const (
	malayScore   = 2.2
	englishScore = -2.2
	sharedScore  = -0.15
)

// lexicon is the score of every listed word. It is never written after start.
var lexicon = newLexicon()

func newLexicon() map[string]float64 {
	scores := make(map[string]float64, 1200)
	add := func(list string, score float64) {
		for word := range strings.FieldsSeq(list) {
			scores[word] = score
		}
	}
	add(englishSpellings, englishScore)
	add(malaySpellings, malayScore)
	add(sharedWords, sharedScore)
	return scores
}
