// Package qr carries bundles on paper, on screens and in files: it draws QR codes, reads them from
// pictures, and opens whatever form of a bundle a person hands over.
//
// # The text form
//
//	KULA1:<base45 of the bundle, RFC 9285>
//
// A QR code holds bytes in one of several modes. Its byte mode is the densest, but readers disagree
// about which characters such bytes are, and many hand on text only. Its alphanumeric mode, five and a
// half bits for each of 45 characters, comes back the same from every reader, and base45 fills it to
// 97 %: two bytes in three characters. The prefix is in the same alphabet and names the format, so
// that a scanner that is not Kula's shows something recognisable. What is in it begins with the bundle's
// own header, which names version and network.
//
// Base45 has the space among its digits. Where text is copied by hand or by mail use base64 of
// the bundle, which [Read] takes as well, or better the file itself.
//
// # What fits
//
// One static code holds at most [MaxBytes] bytes of a bundle, drawn with error correction M (a sixth of
// it may be unreadable). Up to 400 bytes every camera reads at once. Larger bundles go as a moving code (see
// [Film] and package fountain), or as a file.
package qr
