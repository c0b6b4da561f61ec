/// The functions of an image by address: 16 bytes a function, the names stay in the file.
///
/// One symbol is kept an address. Of several, the one that a reader knows best: with a size before without, a function before
/// a label, then with fewer leading underscores (`malloc` before `__libc_malloc`), then global before weak before local, then
/// the shorter name, then the first in byte order.
public struct SymbolTable: Sendable {
    /// Which of the tables of a file.
    public enum Source: Sendable {
        /// `.symtab`: all functions, static ones too; gone from a stripped file.
        case full
        /// `.dynsym`: what the image exports or imports.
        case dynamic
    }

    public struct Symbol: Hashable, Sendable, BitwiseCopyable {
        /// Link-time address of the first byte.
        public var address: UInt64
        /// Bytes; for a symbol without a size up to its neighbour or the end of its section.
        public var size: UInt32
        /// Offset of the name in the string table.
        var name: UInt32

        func contains(_ wanted: UInt64) -> Bool { wanted >= address && wanted - address < UInt64(size) }
    }

    /// By address, each address once.
    public internal(set) var symbols: [Symbol] = []
    /// The symbol whose range a symbol begins in, or `noSymbol`; empty when none does.
    var enclosing: [UInt32] = []
    /// Where in the file the names are.
    var strings = 0..<0

    static let noSymbol = UInt32.max
    /// Bytes of a name that is believed, as many as a demangler is given.
    static let longestName = 1 << 14

    /// How many bytes of names are read of one string table. Names may overlap, each as long as the table: to read them all
    /// would take the square of its size. Those of linkers overlap by a few endings.
    static func mostNameBytes(_ strings: Range<Int>) -> Int { 8 * strings.count + 1 << 20 }
    /// Compilers do not nest functions; hand-written assembly nests one or two.
    private static let deepestNesting = 32

    /// A table without symbols.
    public init() {}

    public var isEmpty: Bool { symbols.isEmpty }

    /// Bytes that the table takes.
    public var memorySize: Int {
        symbols.capacity * MemoryLayout<Symbol>.stride + enclosing.capacity * MemoryLayout<UInt32>.stride
    }

    /// Index in `symbols` of the innermost function that contains the address; nil between functions. O(log n).
    public func index(at address: UInt64) -> Int? {
        var low = 0
        var high = symbols.count
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        var index = low - 1
        for _ in 0..<Self.deepestNesting {
            if symbols[index].contains(address) { return index }
            guard index < enclosing.count, enclosing[index] != Self.noSymbol else { return nil }
            index = Int(enclosing[index])
        }
        return nil
    }

    public func symbol(at address: UInt64) -> Symbol? { index(at: address).map { symbols[$0] } }

    /// The name as the linker knows it, without a version; empty when the file's bytes do not hold it, or hold one of more
    /// than 16 KiB.
    ///
    /// - Parameter bytes: those that the table was made of.
    public func name(of symbol: Symbol, in bytes: RawSpan) -> String {
        guard let range = nameRange(symbol.name, in: bytes) else { return "" }
        let name = bytes.text(range)
        // Linkers write `memcpy@@GLIBC_2.14` into the full table. Macro expansions of Swift begin with the sign.
        guard let sign = name.utf8.firstIndex(of: UInt8(ascii: "@")), sign != name.startIndex else { return name }
        return String(name[..<sign])
    }

    func nameRange(_ name: UInt32, in bytes: RawSpan) -> Range<Int>? {
        let start = strings.lowerBound + Int(name)
        guard let end = bytes.endOfText(at: start, before: min(strings.upperBound, start + Self.longestName)) else {
            return nil
        }
        return start..<end
    }
}
