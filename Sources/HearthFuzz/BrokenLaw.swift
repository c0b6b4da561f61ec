/// What must hold of anything that is read, and did not.
struct BrokenLaw: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Throws where a law does not hold. The text is made only then.
func hold(_ isTrue: Bool, _ law: @autoclosure () -> String) throws(BrokenLaw) {
    guard isTrue else { throw BrokenLaw(law()) }
}
