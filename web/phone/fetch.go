package phone

func (p *Phone) fetchBundle(base, path string) ([]byte, error) { return nil, badArgument("url") }
