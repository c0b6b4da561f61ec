/// A piece of memory that buffers share: our own, or somebody else's that goes back when nobody reads it any more.
///
/// Written only by the one buffer that holds it alone.
@safe @usableFromInline
package final class ColumnMemory: @unchecked Sendable {
    /// Of addresses and of sizes, in bytes: a cache line, and what the widest vector loads want.
    static let alignment = 64

    @usableFromInline package let start: UnsafeMutableRawPointer
    /// 0 where it must not be written.
    @usableFromInline let byteCapacity: Int
    /// Keeps memory alive that is not ours.
    private let owner: AnyObject?

    /// Given to buffers without elements.
    @usableFromInline static let empty = ColumnMemory(byteCount: 0)

    /// At least so many bytes, not initialised.
    package init(byteCount: Int) {
        let whole = max(1, (byteCount + Self.alignment - 1) / Self.alignment) * Self.alignment
        unsafe start = .allocate(byteCount: whole, alignment: Self.alignment)
        byteCapacity = byteCount == 0 ? 0 : whole
        owner = nil
    }

    /// Memory that `owner` keeps alive, and that is only read.
    package init(_ start: UnsafeRawPointer, owner: AnyObject) {
        unsafe self.start = UnsafeMutableRawPointer(mutating: start)
        byteCapacity = 0
        self.owner = owner
    }

    deinit {
        if owner == nil { unsafe start.deallocate() }
    }

    @inlinable @unsafe
    func elements<Element>(of type: Element.Type) -> UnsafeMutablePointer<Element> {
        unsafe start.assumingMemoryBound(to: type)
    }
}
