package tail

import "encoding/binary"

// headBytes hold the length of the whole stream, before its tail.
const headBytes = 8

// Live is the ring as it is kept while its command runs, for whoever comes after a kill.
func (r *Ring) Live() []byte {
	head := binary.BigEndian.AppendUint64(nil, uint64(r.total))
	return append(head, r.Bytes()...)
}

// ReadLive is the tail and the length of the stream that Live has written. What cannot be true is read as an empty
// stream: the file is writable for the command.
func ReadLive(live []byte) (data []byte, total int64) {
	if len(live) < headBytes {
		return nil, 0
	}
	data = live[headBytes:]
	total = int64(binary.BigEndian.Uint64(live))
	if total < int64(len(data)) {
		return nil, 0
	}
	return data, total
}
