package demo

import (
	"context"

	"sembang/internal/access"
	"sembang/internal/db"
	"sembang/internal/id"
	"sembang/internal/template"
)

const companyName = "Kedai Kek Aminah"

// People are the demo's logins, the super admin's first.
var People = []Person{
	{"Operator", "operator@sembang.example", access.SuperAdmin},
	{"Siti Aminah", "siti@kedaikek.example", access.CompanyAdmin},
	{"Aina Rahman", "aina@kedaikek.example", access.CompanyUser},
	{"Wei Ling Tan", "weiling@kedaikek.example", access.CompanyUser},
}

func (c Config) addCatalogue(ctx context.Context, company id.Company) error {
	return c.DB.InCompany(ctx, company, func(tx *db.Tx) error {
		_, err := template.Add(ctx, tx, template.Draft{
			Name: "Opening hours",
			Texts: map[string]string{
				"en": "Hi {{contact.name|there}}, we are open Tuesday to Sunday, 10 am to 8 pm. Closed on Mondays.",
				"ms": "Hai {{contact.name|tuan/puan}}, kami buka Selasa hingga Ahad, 10 pagi hingga 8 malam. Isnin tutup.",
				"zh": "您好，我们星期二至星期日营业，早上10点到晚上8点，星期一休息。",
			},
			Examples: map[string][]string{
				"en": {"What are your opening hours?", "What time do you open?", "Are you open today?", "When do you close?"},
				"ms": {"Pukul berapa buka?", "Hari ni buka tak?", "Waktu operasi?", "Kedai tutup pukul berapa?"},
				"zh": {"你们几点营业？", "营业时间是几点？", "今天有开吗？", "几点关门？"},
			},
		})
		return err
	})
}
