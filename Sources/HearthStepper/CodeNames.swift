import HearthFiles
import HearthObjectFiles
import HearthProfile
import HearthSampling
import HearthSymbols

/// Names of addresses of this process.
final class CodeNames {
    private var modules = ModuleTable()
    private let symbolizer = Symbolizer()
    private var unwindTables: [Image: UnwindTable] = [:]

    /// Gives the walks their tables, too.
    init() {
        modules.refresh()
        while modules.readCode() {}
    }

    func image(at address: UInt64) -> Image? { modules.image(at: address) }

    /// How the caller is found from here, as a compiler's unwind table says.
    func unwindRow(at address: UInt64) -> UnwindRow? {
        guard let image = modules.image(at: address) else { return nil }
        let table =
            unwindTables[image] ?? MappedFile(path: image.path).flatMap { file in
                file.withBytes { bytes in (try? ELFFile(bytes)).map { UnwindTable($0, in: bytes) } }
            } ?? UnwindTable(base: 0, rows: [])
        unwindTables[image] = table
        return table.row(at: address &- image.bias)
    }

    /// The full name of the function; where none is known the image and the distance.
    func name(at address: UInt64) -> String {
        guard let image = modules.image(at: address) else { return "0x" + String(address, radix: 16) }
        return symbolizer.name(at: address &- image.bias, in: image)?.full
            ?? "\(image.name)+0x\(String(address &- image.bias, radix: 16))"
    }

    func shortName(at address: UInt64) -> String {
        guard let image = modules.image(at: address) else { return "0x" + String(address, radix: 16) }
        return symbolizer.name(at: address &- image.bias, in: image)?.short
            ?? "\(image.name)+0x\(String(address &- image.bias, radix: 16))"
    }
}
