/// 128 bits that stand for a name, so that names need not be compared letter by letter.
///
/// Sixteen bytes at a time are multiplied with each other after a random number was added to each half, and the halves of the
/// products are the coefficients of two polynomials at two random places: of two names, whatever they are, the chance to be taken
/// for one is about 2⁻⁶⁴ a half. Nobody who writes a file can know the random numbers.
struct NameHash: Equatable, Sendable {
    var first: UInt64
    var second: UInt64

    /// What hashes go by: the same for all texts whose names are told apart by one table.
    struct Seeds: Sendable {
        private let added = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        private let places = (UInt64.random(in: .min ... .max) | 1, UInt64.random(in: .min ... .max) | 1)

        @inline(__always)
        var start: NameHash { NameHash(first: added.1, second: added.0) }

        @inline(__always)
        func mix(_ first: UInt64, _ second: UInt64, into hash: inout NameHash) {
            let product = (first &+ added.0).multipliedFullWidth(by: second &+ added.1)
            hash.first = hash.first &* places.0 &+ product.low
            hash.second = hash.second &* places.1 &+ product.high
        }

        /// Names that differ in zero bytes at their end differ in their lengths, and the lowest bits say where to look.
        @inline(__always)
        func finish(_ hash: inout NameHash, length: Int) {
            mix(hash.first, UInt64(truncatingIfNeeded: length), into: &hash)
            let product = (hash.first ^ hash.second).multipliedFullWidth(by: places.0)
            hash.first = product.high ^ product.low
        }
    }
}
