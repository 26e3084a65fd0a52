package signal

// choicesOf reads a platform's JSON that maps names of categories or services to yes and no; other members are left out.
func (r *Record) choicesOf(o object) {
	for _, m := range o {
		if s := stateOf(m.value); s != Unknown {
			r.choose(m.key, s)
		}
	}
}

// choicesRecord reads a record that is nothing but such a map.
func (r *Record) choicesRecord(what, value string) {
	o, ok := r.record(what, value)
	if !ok {
		return
	}
	r.choicesOf(o)
	if len(r.Purposes) == 0 {
		r.fault(FaultSyntax, "the %s record names no purpose", what)
		return
	}
	r.Chosen = Yes
}
