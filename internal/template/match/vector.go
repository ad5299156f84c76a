package match

// vectors is a list of sparse vectors: row i is index and weight from start[i] to
// start[i+1].
type vectors struct {
	start  []int32
	index  []int32
	weight []float32
}

func (v *vectors) row(i int32) ([]int32, []float32) {
	from, to := v.start[i], v.start[i+1]
	return v.index[from:to], v.weight[from:to]
}

// dot multiplies row i with a dense vector.
func (v *vectors) dot(i int32, dense []float32) float32 {
	index, weight := v.row(i)
	var sum float32
	for k, f := range index {
		sum += dense[f] * weight[k]
	}
	return sum
}

// table numbers features in the order in which they are first seen. It is a hash
// table with open addressing; key 0 means an empty place.
type table struct {
	keys    []uint32
	numbers []int32
	count   int32
}

func newTable(size int) table {
	places := 1 << 10
	for places < 2*size {
		places *= 2
	}
	return table{keys: make([]uint32, places), numbers: make([]int32, places)}
}

func (t *table) place(key uint32) int {
	mask := uint32(len(t.keys) - 1)
	at := (key * 0x9e3779b1) & mask
	for t.keys[at] != 0 && t.keys[at] != key {
		at = (at + 1) & mask
	}
	return int(at)
}

// find returns the number of a feature, or -1.
func (t *table) find(key uint32) int32 {
	at := t.place(max(key, 1))
	if t.keys[at] == 0 {
		return -1
	}
	return t.numbers[at]
}

// add returns the number of a feature, a fresh one if it has none.
func (t *table) add(key uint32) int32 {
	key = max(key, 1)
	at := t.place(key)
	if t.keys[at] != 0 {
		return t.numbers[at]
	}
	if int(t.count)*2 >= len(t.keys) {
		t.grow()
		at = t.place(key)
	}
	t.keys[at], t.numbers[at] = key, t.count
	t.count++
	return t.count - 1
}

func (t *table) grow() {
	old := *t
	t.keys, t.numbers = make([]uint32, 2*len(old.keys)), make([]int32, 2*len(old.keys))
	for i, key := range old.keys {
		if key != 0 {
			at := t.place(key)
			t.keys[at], t.numbers[at] = key, old.numbers[i]
		}
	}
}
