package match

import "strings"

// glossaryList is what shops are asked about, one idea a line: its name, a
// colon, the words for it in English, Malay and simplified Chinese. Two words
// are joined by an underscore. An idea in a question and in an example makes
// them alike across languages.
const glossaryList = `
price: price cost harga how_much rate 价格 价钱 多少钱 几钱 价位 怎么卖 几多钱 卖多少
amount: berapa how_much how_many 多少 几个 几多
discount: discount promo promotion offer sale voucher coupon diskaun potongan murah cheaper promosi tawaran kurang nego less 折扣 优惠 打折 便宜 促销 特价 减价 优惠券
stock: stock available stok ready_stock ada_stok ada_lagi in_stock restock 现货 有货 存货 库存 缺货 还有吗 还有
delivery: delivery deliver ship shipping postage post pos courier hantar penghantaran posting 送货 运费 邮费 快递 寄 发货 配送 派送 送到 邮寄 物流
fee: fee charge cas caj bayaran kos 费 收费 费用
duration: how_long berapa_lama berapa_hari how_many_day lama 多久 几天 多长时间
when: when bila 什么时候 几时 何时 几点
where: where di_mana mana 哪里 哪儿 在哪 边度 哪边 地点
track: track tracking status jejak dah_sampai_mana 追踪 跟踪 查询 单号 快递单 到哪
order: order pesanan tempahan tempah beli purchase buy pesan 订单 下单 订购 购买 买
cancel: cancel batal batalkan cancellation cancelled 取消 不要了 退订
refund: refund pulang_duit money_back bayar_balik duit_balik 退款 退钱 退还
return: return pulang pulangkan returns 退货 退回
exchange: exchange tukar change swap 换货 更换 调换 换
broken: damaged broken damage faulty defective spoilt spoil rosak pecah koyak crack cracked 坏 坏了 破损 损坏 破了 烂 瑕疵
wrong: wrong salah incorrect silap 错 发错 寄错 不对
missing: missing lost hilang kurang_satu 少了 丢失 不见 漏发
pay: pay payment bayar pembayaran transfer paid 付款 支付 付 付钱 转账 汇款 还款
card: card kad credit_card 信用卡 卡
bank: bank akaun account 银行 账户 户口 账号
cod: cod cash_on_delivery bayar_masa_terima 货到付款
instalment: instalment installment ansuran bnpl atome spaylater paylater ansur 分期
failed: failed fail gagal unsuccessful stuck error rejected declined 失败 不成功 出错 错误
hours: hours open opening buka operasi waktu business_hour operating_hour working_hour 营业 开门 开店 营业时间 开
closed: close closed tutup closing 关门 休息 打烊 关店
holiday: holiday cuti weekend sunday saturday ahad sabtu public_holiday 假期 放假 周末 星期天 星期六 公假
location: location address kedai alamat shop store outlet branch cawangan lokasi map waze 地址 店 分店 门店 位置 店面
parking: parking park tempat_letak letak_kereta 停车 泊车 停车位
booking: book booking appointment temujanji slot reservation reserve tempah_slot 预约 预订 预定 订位
reschedule: reschedule postpone ubah_tarikh tukar_tarikh tukar_masa 改期 改时间 延期
date: date tarikh 日期
warranty: warranty guarantee waranti jaminan 保修 保养 保固 质保 保证
original: original authentic genuine fake ori tiruan tulen asli 正品 真货 假货 原装 正货
recommend: recommend recommendation suggest suggestion cadang cadangkan best_seller sesuai suitable popular 推荐 介绍 适合 畅销 热卖
use: use usage guna apply cara_guna how_to_use pakai instruction 怎么用 使用 用法 怎样用
side_effect: side_effect safe selamat allergy allergic pregnant kesan_sampingan mengandung alahan halal 副作用 安全 过敏 孕妇
bulk: bulk wholesale borong agent reseller ejen dropship pemborong 批发 代理 大量 批量
invoice: invoice receipt resit invois e-invoice bill 发票 收据 单据
human: human agent person staff representative cakap_dengan talk_to manusia real_person 人工 客服 真人 转人工
complaint: complain complaint aduan kecewa disappointed teruk terrible bad worst rude service 投诉 差 失望 态度 糟糕
later: later think fikir nanti consider pikir 考虑 想想 再说 迟点
size: size saiz besar kecil measurement ukuran 尺寸 尺码 大小 码
colour: colour color warna 颜色
photo: photo picture gambar image pic 图片 照片 图
website: website web link url laman 网站 链接 网页
contact: phone call number nombor telefon whatsapp contact hubungi 电话 联系 联络 号码
size_small: small kecik 小
today: today hari_ini 今天 今日
tomorrow: tomorrow esok 明天 明日
receive: received receive terima dapat sampai arrive arrived reach 收到 到了 到货 送达
password: password kata_laluan login log_in 密码 登录
ready_to_buy: want_buy nak_beli nak_order take_one 我要买 我要 想买 下单
`

// hanPhrase is the length in bytes of the longest Chinese phrase that is looked up.
const hanPhrase = 12

type pairKey struct{ first, second string }

// glossary is the ideas of a word or a Chinese phrase, glossaryPairs of two
// words that follow each other. Neither is written after start.
var glossary, glossaryPairs = newGlossary()

func newGlossary() (map[string][]string, map[pairKey][]string) {
	words, pairs := make(map[string][]string, 600), make(map[pairKey][]string, 60)
	for line := range strings.Lines(glossaryList) {
		idea, list, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found {
			continue
		}
		for word := range strings.FieldsSeq(list) {
			first, second, two := strings.Cut(word, "_")
			if two {
				key := pairKey{canonical(first), canonical(second)}
				pairs[key] = append(pairs[key], idea)
				continue
			}
			word = canonical(word)
			words[word] = append(words[word], idea)
		}
	}
	return words, pairs
}

// canonical is the form in which a token reaches the glossary.
func canonical(word string) string {
	if long, known := spellings[word]; known && !strings.Contains(long, " ") {
		return long
	}
	return stem(word)
}
