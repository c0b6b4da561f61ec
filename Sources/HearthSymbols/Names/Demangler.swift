#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Mangled names to readable ones, by the runtimes that are in the process anyway.
enum Demangler {
    /// Longer names are left mangled: the demanglers recurse by what the name says.
    private static let longestName = 16 << 10

    /// The whole readable name of a Swift symbol; nil for any other.
    static func swift(_ mangled: String) -> String? {
        guard isSwift(mangled), mangled.utf8.count <= longestName, Unfolding.isHarmless(swift: mangled) else {
            return nil
        }
        return unsafe mangled.withCString { text in
            guard let result = unsafe swiftDemangle(text, UInt(mangled.utf8.count), nil, nil, 0) else { return nil }
            defer { unsafe free(result) }
            return unsafe String(cString: result)
        }
    }

    /// The whole readable name of a C++ symbol; nil for any other, and where no C++ runtime is loaded.
    static func cxx(_ mangled: String) -> String? {
        guard mangled.hasPrefix("_Z"), mangled.utf8.count <= longestName, Unfolding.isHarmless(cxx: mangled),
            let demangle = unsafe cxxDemangler
        else { return nil }
        return unsafe mangled.withCString { text in
            var status: Int32 = 0
            guard let result = unsafe demangle(text, nil, nil, &status) else { return nil }
            defer { unsafe free(result) }
            return status == 0 ? unsafe String(cString: result) : nil
        }
    }

    private static func isSwift(_ name: String) -> Bool {
        name.hasPrefix("$s") || name.hasPrefix("$S") || name.hasPrefix("$e") || name.hasPrefix("_$s")
            || name.hasPrefix("_T0") || name.hasPrefix("@__swiftmacro_")
    }

    private typealias CxxDemangle =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int32>
        ) -> UnsafeMutablePointer<CChar>?

    /// Looked up and not linked: a program without C++ must not get its runtime by us.
    private static let cxxDemangler: CxxDemangle? = {
        guard let symbol = unsafe dlsym(nil, "__cxa_demangle") else { return nil }
        return unsafe unsafeBitCast(symbol, to: CxxDemangle.self)
    }()
}

/// Exported by the Swift runtime for this use; the result is the caller's to free.
@_silgen_name("swift_demangle")
private func swiftDemangle(
    _ mangledName: UnsafePointer<CChar>?, _ mangledNameLength: UInt, _ outputBuffer: UnsafeMutablePointer<CChar>?,
    _ outputBufferSize: UnsafeMutablePointer<UInt>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?
