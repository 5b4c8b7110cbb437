import Foundation
import Testing

/// Pictures as a browser shows them, and what they are made from.
struct MapTests {
    private static let browser = ["chromium", "chromium-browser", "google-chrome"].map { "/usr/bin/" + $0 }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private static let guests: [(name: String, arguments: [String])] = [
        ("hello", [Program.fixture("hello")]),
        ("pool", ["--global-heap-size=1M", "--stack-size=16K", Program.fixture("heap")]),
        (
            "wordcount",
            ["--dir", Program.root.path + "::/", Program.fixture("wordcount"), "LICENSE"]
        ),
        ("add", ["--invoke", "add", Program.fixture("add"), "1", "2"]),
    ]

    @Test func `a map is written as its name's ending says`() throws {
        let folder = try TemporaryFolder()
        let svg = folder.file("map.svg")
        let run = try Program.run([
            "run", "--memory-map=\(svg.path)", Program.fixture("hello"), "--memory-map=x",
        ])
        #expect(run.exitCode == 0 && run.errors.isEmpty)
        #expect(try String(contentsOf: svg, encoding: .utf8).hasPrefix("<svg "))
        let html = folder.file("map.html")
        let trapped = try Program.run(["run", "--memory-map", html.path, Program.fixture("exitcode")])
        #expect(trapped.exitCode == 7)
        #expect(try String(contentsOf: html, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        let wrong = try Program.run(["run", "--memory-map", "map.png", Program.fixture("hello")])
        #expect(wrong.exitCode == 2 && wrong.errors.contains(".svg or .html"))
    }

    @Test(
        .enabled(if: browser != nil, "there is no Chromium, so nobody saw the pictures"),
        .timeLimit(.minutes(2))
    )
    func `no text is cut or lies over another in a browser`() throws {
        let folder = try TemporaryFolder()
        var frames = ""
        var titles: [String] = []
        func addFrame(_ title: String, _ page: String, width: Int) {
            let page = page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
            frames += "<iframe width=\"\(width)\" height=\"4000\" srcdoc=\"\(page)\"></iframe>\n"
            titles.append(title)
        }
        for guest in Self.guests {
            let html = folder.file("\(guest.name).html")
            let svg = folder.file("\(guest.name).svg")
            for file in [html, svg] {
                let run = try Program.run(["run", "--memory-map", file.path] + guest.arguments)
                #expect(run.exitCode == 0, "\(run.errors)")
            }
            let page = try String(contentsOf: html, encoding: .utf8)
            for width in [360, 800, 1280] { addFrame("\(guest.name).html at \(width)", page, width: width) }
            let picture = try String(contentsOf: svg, encoding: .utf8)
            addFrame("\(guest.name).svg", "<body style=\"margin:0\">\(picture)</body>", width: 1152)
        }
        let page = folder.file("check.html")
        let script = try String(
            contentsOf: Program.root.appending(path: "Tests/CommandLineTests/map-check.js"),
            encoding: .utf8
        )
        try Data("<!DOCTYPE html><body>\(frames)<pre id=verdict></pre><script>\(script)</script>".utf8).write(
            to: page
        )
        let output = try Self.dump(page, profile: folder.file("profile").path)
        let start = try #require(output.range(of: "<pre id=\"verdict\">")?.upperBound)
        let end = try #require(output.range(of: "</pre>", range: start..<output.endIndex)?.lowerBound)
        let json = output[start..<end].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&amp;", with: "&")
        let verdicts = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
        #expect(verdicts.count == titles.count)
        for (title, verdict) in zip(titles, verdicts) {
            #expect((verdict["texts"] as? Int ?? 0) > 40, "\(title)")
            #expect((verdict["problems"] as? [String]) == [], "\(title)")
        }
    }

    private static func dump(_ page: URL, profile: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: browser ?? "")
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile,
            "--window-size=1400,1000",
            "--dump-dom", page.absoluteString,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
