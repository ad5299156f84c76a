package product_test

import (
	"testing"

	"sembang/internal/product"
)

func TestPricesReadAsCustomersWriteThem(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		minor int64
		iso   string
	}{
		"RM 49.90": {4990, "MYR"}, "RM 0.05": {5, "MYR"}, "RM 1,234,567.00": {123456700, "MYR"}, "JPY 1,500": {1500, "JPY"}, "SGD 3.00": {300, "SGD"},
	} {
		if got := product.Price(c.minor, c.iso); got != want {
			t.Errorf("Price(%d, %s) = %q, want %q", c.minor, c.iso, got, want)
		}
	}
}
