internal import Glibc
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols

/// A host that loads a library by a relative path and then goes to another folder, as daemons do.
enum RelativeLibrary {
    /// - Parameter path: a library with `int hearth_relative_work(void)`, which works for a millisecond.
    static func run(path: String) async throws {
        alarm(60)
        guard let slash = path.lastIndex(of: "/"), unsafe chdir(String(path[..<slash])) == 0,
            let library = unsafe dlopen("." + path[slash...], RTLD_NOW | RTLD_LOCAL), unsafe chdir("/") == 0,
            let work = unsafe dlsym(library, "hearth_relative_work")
        else { throw Damage("cannot load \(path)") }
        let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
        await sampler.ready()
        let body = unsafe unsafeBitCast(work, to: (@convention(c) () -> Int32).self)
        for _ in 0..<400 { _ = body() }
        let result = await sampler.stop()
        let named = Symbolizer().symbolize(result.profile).hidingThunks()
        let samples = result.samples(through: "hearth_relative_work", of: named)
        try Damage.unless(samples > 20, "\(samples) samples in the library have its function's name")
        let paths = named.images.map(\.path)
        try Damage.unless(paths.contains(path), "no image has the path \(path): \(paths)")
    }
}
