/// An address in code as a stack has it. There are two kinds, and they are looked up differently.
///
/// ```swift
/// let caller = CodeAddress.returnAddress(0x2010)
/// caller.lookup  // 0x200f
/// ```
public enum CodeAddress: Hashable, Sendable {
    /// Of an instruction: the one that a signal interrupted, or the first that runs when an awaiting function goes on. It
    /// may be the first of its function.
    case programCounter(UInt64)
    /// Behind a call. Where the call was the last instruction of its function, because what it calls never returns, this is
    /// the first byte of another function, or of none.
    case returnAddress(UInt64)

    /// An address inside the instruction that the frame stands at. Functions, lines and unwind rows are looked up by it.
    public var lookup: UInt64 {
        switch self {
        case .programCounter(let address): address
        case .returnAddress(let address): address &- 1
        }
    }
}
