package api

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// orNull is an object of an answer that may be null. The tag nullable serves
// scalars only: the schema of an object is a reference, which takes no such mark.
type orNull[T any] struct{ value *T }

// MarshalJSON writes the object or null.
func (o orNull[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.value) }

// UnmarshalJSON reads the object or null.
func (o *orNull[T]) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &o.value) }

// Schema says in the contract that it is the object or null.
func (orNull[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{r.Schema(reflect.TypeFor[T](), true, ""), {Type: "null"}}}
}
