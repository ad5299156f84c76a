package match

import "strings"

// spellingList maps what people type to the words they mean, one line each: the
// meaning, a colon, the spellings.
const spellingList = `
tak: x tk tok dak ndak gak nggak ga
tak ada: xde xda xada takde takda tkde tkda tade
tak boleh: xleh xboleh xblh takleh takboleh
tak nak: xnak xnk taknak tknak
tak dapat: xdpt xdapat tkdpt
tak tahu: xtau xtahu taktau
tak sampai: xsampai xsmpai
tidak: tdk tidk td
nak: nk mau mahu hendak ingin
boleh: blh bleh bole boley leh
berapa: brp brpa brapa bape bpe brape bpa
harga: hrga hrg hargenya hargany
bila: bile bl
mana: mane
di: dkt dekat kat kt
dekat: dkat
saya: sy sya aku ak i'm
awak: awk ko kau
anda: you
you: u ya'll
your: ur yr
are: r
yang: yg
dengan: dgn dgan
untuk: utk utuk tuk
dari: dr drpd daripada
dalam: dlm dalm
pada: pd
apa: ape pe apo
kenapa: knp knape npe nape mengapa
macam mana: mcmana mcmne camne camna mcmmana cmne bagaimana
macam: mcm mcam
sudah: dah dh sdh udah
belum: blm lum blum
lagi: lg lgi
jangan: jgn jgan
juga: jgk jg jugak jga
sahaja: je jer jela saja sje
sebab: sbb
kalau: klu kalu kl klau kalo jika
tapi: tp ttp tetapi
bayar: byr byar
barang: brg brang
hantar: hntr antar
sampai: smpai smpi sampi
pakai: pkai
guna: gune
esok: esk besok
semalam: smlm
malam: mlm
sekarang: skrg skrang skarang
rosak: rsk rosk
warna: wrna
saiz: size sais
kena: kne
buat: wat bt
sangat: sgt sngt
banyak: byk bnyk
orang: org
nombor: nombo no.
terima kasih: tq tqvm tkasih trima
please: pls plz plse
thanks: thx tks tnx thnx thnks thank thankyou ty
what: wat wht wad
because: bcos bcz coz cuz
tomorrow: tmr tmrw tmw 2moro tomoro
today: tdy 2day
message: msg
received: rcv rcvd recd recieved recieve receive
delivery: delivry dlvry
address: addr
available: avail avlb avai
payment: pymt
not: nt
how: hw
much: mch
do not: dont dun dunwan
does not: doesnt
did not: didnt
cannot: cant can't canot
will not: wont won't
is not: isnt
was not: wasnt
are not: arent
have not: havent
has not: hasnt
already: alr oredi alrdy ady
got: gt
with: wif w/
want: wan wana wanna
whatsapp: wassap wasap ws whatapp
`

// spellings is spellingList by spelling. It is never written after start.
var spellings = newSpellings()

func newSpellings() map[string]string {
	words := make(map[string]string, 300)
	for line := range strings.Lines(spellingList) {
		meaning, list, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		for spelling := range strings.FieldsSeq(list) {
			words[spelling] = meaning
		}
	}
	return words
}

// fillers greet, thank, soften or address: they say nothing about what is wanted.
var fillers = set(`hi hello helo hey heyy hai halo yo dear sir madam miss mr boss bos bossku bro sis abang kak akak cik encik puan tuan admin min team
	morning good afternoon evening selamat pagi petang salam assalamualaikum waalaikumsalam
	please tolong thanks terima kasih sorry maaf excuse kindly
	lah la loh lor leh meh mah hor ah aa ar eh oh o ya yah ye yup haha hehe ok okay okey okie hmm um er well pun kan tu ni je`)

// hanFillers are the same in Chinese, longest first.
var hanFillers = strings.Fields(`不好意思 早上好 下午好 晚上好 请问一下 想问一下 请问 你好 您好 哈喽 老板娘 老板 谢谢 多谢 麻烦 不该 早安 亲 啊 呀 哦 喔 呢 吧 啦 咯 哈`)

func set(list string) map[string]bool {
	words := make(map[string]bool)
	for word := range strings.FieldsSeq(list) {
		words[word] = true
	}
	return words
}

// traditionalPairs holds traditional characters, each before its simplified form.
const traditionalPairs = `價价錢钱貨货買买賣卖運运費费單单訂订購购顏颜號号碼码幾几點点時时間间開开關关門门營营業业週周這这個个裡里裏里還还沒没說说話话請请問问謝谢對对嗎吗麼么甚什會会來来過过給给讓让從从後后為为與与於于兩两種种樣样樓楼號号電电腦脑機机網网線线載载檔档圖图書书學学習习師师員员帳账賬账戶户銀银匯汇轉转現现發发票票據据證证質质量量壞坏損损換换貼贴紙纸條条雙双組组隻只張张車车場场馬马灣湾東东區区縣县鄉乡國国際际語语華华龍龙藥药醫医療疗護护膚肤髮发養养體体檢检驗验測测試试試试應应該该當当實实際际總总數数額额優优惠惠減减漲涨續续約约預预順顺豐丰達达遞递寄寄郵邮簽签單单記记錄录認认識识覺觉聽听見见觀观親亲愛爱歡欢樂乐難难易易長长遠远近近進进離离連连絡络聯联繫系係系統统復复複复雜杂簡简處处辦办務务產产廠厂製制設设計计劃划備备維维護护修修審审責责資资訊讯訓训詢询諮咨議议論论選选擇择適适輕轻厚厚薄薄舊旧新新鮮鲜麵面飯饭魚鱼雞鸡鴨鸭豬猪蘋苹葉叶蓋盖閂闩穩稳緊紧鬆松塊块嘅的喺在咗了冇没唔不係是佢他哋们啲些邊边睇看嚟来攞拿畀给俾给`

var traditional = newTraditional()

func newTraditional() map[rune]rune {
	pairs := []rune(traditionalPairs)
	forms := make(map[rune]rune, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		forms[pairs[i]] = pairs[i+1]
	}
	return forms
}

// simplify writes traditional and Cantonese characters in simplified form.
func simplify(run string) string {
	return strings.Map(func(r rune) rune {
		if s, known := traditional[r]; known {
			return s
		}
		return r
	}, run)
}
