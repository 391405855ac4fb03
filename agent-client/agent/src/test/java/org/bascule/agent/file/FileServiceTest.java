package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.agent.file.FileFixture.read;
import static org.bascule.agent.file.FileFixture.write;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.JsonObject;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.session.service.FileEntry;
import org.bascule.session.service.FileEntry.Kind;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.PieceDigest;
import org.bascule.session.stream.EndReason;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FileServiceTest {

    @TempDir
    Path folder = Path.of("replaced");

    private FileFixture files;

    @BeforeEach
    void start() throws Exception {
        files = new FileFixture(folder);
    }

    @AfterEach
    void stop() {
        files.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- names

    @ParameterizedTest
    @ValueSource(
            strings = {
                "...x",
                "line\nfeed\r",
                "\"quotes\"'`$(id)",
                "<img src=x onerror=alert(1)>",
                "\u202Egnp.exe",
                "back\\slash",
                "-rf",
                " ",
                "ümläut ☃ \uD83D\uDE00"
            })
    void anyNameSurvivesTheWayThereAndBack(String name) throws Exception {
        FilePath path = files.path(name);
        byte[] content = bytes("x");
        files.upload(write(path, 1, false, false), content);
        assertThat(files.names(files.root)).containsExactly(FilePath.raw(name));
        assertThat(files.run(read(path)).bytes()).isEqualTo(content);
        files.run(new FileRequest.Rename(path, files.path("plain"), false));
        assertThat(Files.readAllBytes(folder.resolve("plain"))).isEqualTo(content);
    }

    @Test
    void namesThatAreNoUtf8AndTheLongestSurvive() throws Exception {
        String invalid = "a\u00ff\u00fe\u0080/".substring(0, 4);
        String longest = "\u00e4".repeat(255);
        for (String raw : List.of(invalid, longest)) {
            FilePath path = files.root.resolve(raw);
            files.upload(write(path, 1, false, false), bytes("y"));
            assertThat(files.names(files.root)).containsExactly(raw);
            assertThat(files.run(read(path)).bytes()).isEqualTo(bytes("y"));
            files.run(new FileRequest.Delete(path, false));
            assertThat(files.names(files.root)).isEmpty();
        }
    }

    @Test
    void everythingAboutAnEntryIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "12345");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_789L));
        Files.createDirectory(folder.resolve("d"));
        Files.createSymbolicLink(folder.resolve("l"), Path.of("nowhere"));
        List<FileEntry> entries = files.list(files.root).stream()
                .sorted(java.util.Comparator.comparing(FileEntry::name))
                .toList();
        assertThat(entries).extracting(FileEntry::kind).containsExactly(Kind.FOLDER, Kind.FILE, Kind.LINK);
        assertThat(entries.get(1))
                .isEqualTo(new FileEntry(
                        Kind.FILE,
                        0751,
                        5,
                        1_600_000_000_789L,
                        files.account.uid(),
                        ((Number) Files.getAttribute(file, "unix:gid")).longValue(),
                        "f",
                        ""));
        assertThat(entries.get(2).target()).isEqualTo("nowhere");
    }

    @Test
    void whatWasLeftOfOnesOwnUploadsGoesAfterAWeekAndNothingOfOthers() throws Exception {
        Path own = Files.createFile(folder.resolve(".bascule-" + "1".repeat(32) + ".part"));
        Path fresh = Files.createFile(folder.resolve(".bascule-" + "2".repeat(32) + ".part"));
        Path others = Files.createFile(folder.resolve(".bascule-" + "3".repeat(32) + ".part"));
        Files.setLastModifiedTime(own, FileTime.fromMillis(System.currentTimeMillis() - 8 * 86_400_000L));
        Files.setLastModifiedTime(others, FileTime.fromMillis(System.currentTimeMillis() - 8 * 86_400_000L));
        assumeTrue(files.account.uid() == 0, "only root gives files away");
        Files.setAttribute(others, "unix:uid", 12_345);
        assertThat(files.names(files.root)).isEmpty();
        assertThat(own).doesNotExist();
        assertThat(fresh).exists();
        assertThat(others).exists();
    }

    @Test
    void tenThousandEntriesAreListed() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            Files.createFile(folder.resolve("file-" + i));
        }
        assertThat(files.names(files.root)).hasSize(10_000).contains("file-0", "file-9999");
    }

    // ---- the way up

    @Test
    void uploadAppearsWhenItIsWholeWithItsTimeAndPermissions() throws Exception {
        byte[] content = random(1_000_000);
        FileStream stream = new FileStream();
        stream.give(Arrays.copyOf(content, 600_000));
        Future<?> running = files.start(stream, write(files.path("f"), content.length, false, false));
        assertThat(stream.next().getJsonObject("ready").getInt("offset")).isZero();
        assertThat(files.names(files.root)).isEmpty();
        stream.give(Arrays.copyOfRange(content, 600_000, content.length));
        stream.say(FileFixture.checksum(content));
        stream.end();
        running.get(30, TimeUnit.SECONDS);
        assertThat(stream.next().getJsonObject("done").getString("tag")).isNotEmpty();
        assertThat(Files.readAllBytes(folder.resolve("f"))).isEqualTo(content);
        assertThat(Files.getLastModifiedTime(folder.resolve("f")).toMillis()).isEqualTo(1_700_000_000_123L);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("f"))))
                .isEqualTo("rw-r--r--");
        assertThat(files.log).containsExactly("UPLOAD " + files.path("f") + " 1000000 " + FileFixture.hex(content));
        assertThat(folder.toFile().list()).containsExactly("f");
    }

    @Test
    void whatABreakLeftIsGoneOnWith() throws Exception {
        byte[] content = random(500_000);
        FileStream lost = new FileStream();
        lost.give(Arrays.copyOf(content, 300_000));
        Future<?> running = files.start(lost, write(files.path("f"), content.length, false, true));
        lost.next();
        Path partial = partial(content);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (Files.size(partial) < 300_000) {
            assertThat(System.nanoTime()).as("it is written").isLessThan(deadline);
            Thread.sleep(5);
        }
        lost.sever();
        awaitEnd(running);
        FileStream again = new FileStream();
        Future<?> second = files.start(again, write(files.path("f"), content.length, false, true));
        JsonObject ready = again.next().getJsonObject("ready");
        assertThat(ready.getInt("offset")).isEqualTo(300_000);
        assertThat(ready.getString("pieces")).isEqualTo(FileFixture.pieces(Arrays.copyOf(content, 300_000)));
        again.say(Json.createObjectBuilder().add("from", 300_000).build());
        again.give(Arrays.copyOfRange(content, 300_000, content.length));
        again.say(FileFixture.checksum(content));
        again.end();
        second.get(30, TimeUnit.SECONDS);
        assertThat(Files.readAllBytes(folder.resolve("f"))).isEqualTo(content);
        assertThat(folder.toFile().list()).containsExactly("f");
    }

    private Path partial(byte[] content) {
        return folder.resolve(Partial.name("user-1", "f", content.length, Optional.of(1_700_000_000_123L)));
    }

    private static void awaitEnd(Future<?> running) throws Exception {
        try {
            running.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            // the stream was lost
        }
    }

    /** A break may come at any time; a right that is taken away is none. */
    @ParameterizedTest
    @CsvSource({
        "INTERRUPTED, '', true",
        "DONE, '', true",
        "ENDED_BY_SERVER, done, true",
        "ENDED_BY_DEVICE, the agent was stopped, true",
        "NOT_PERMITTED, no longer permitted, false",
        "ENDED_BY_SERVER, not-permitted, false",
        "SWITCHED_OFF, '', false"
    })
    void whatArrivedBeforeABreakStaysUnlessTheRightIsLost(EndReason reason, String text, boolean stays)
            throws Exception {
        byte[] content = random(500_000);
        byte[] beginning = Arrays.copyOf(content, 300_000);
        FileRequest.Write request = write(files.path("f"), content.length, false, true);
        FileStream lost = new FileStream();
        lost.give(beginning);
        lost.lose(reason, text, 2);
        awaitEnd(files.start(lost, request));
        assertLeft(content, stays);
        // and again, while what is there is looked at
        Files.write(partial(content), beginning);
        FileStream again = new FileStream();
        again.lose(reason, text, 2);
        awaitEnd(files.start(again, request));
        assertLeft(content, stays);
        // and while the client is asked whether its file begins with that
        Files.write(partial(content), beginning);
        FileStream asked = new FileStream();
        Future<?> running = files.start(asked, request);
        assertThat(asked.next().getJsonObject("ready").getInt("offset")).isEqualTo(300_000);
        asked.lose(reason, text, 0);
        awaitEnd(running);
        assertLeft(content, stays);
    }

    private void assertLeft(byte[] content, boolean stays) throws Exception {
        if (stays) {
            assertThat(Files.readAllBytes(partial(content))).isEqualTo(Arrays.copyOf(content, 300_000));
        } else {
            assertThat(folder.toFile().list()).isEmpty();
        }
    }

    /** It was cancelled, and what is discarded then has nothing to discard yet. */
    @Test
    void whatWasOverBeforeItBeganLeavesNothing() throws Exception {
        FileStream stream = new FileStream();
        stream.lose(EndReason.DONE, "", 1);
        awaitEnd(files.start(stream, write(files.path("f"), 500_000, false, true)));
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void whatIsDiscardedWhileItComesLeavesNothing() throws Exception {
        byte[] content = random(500_000);
        FileStream stream = new FileStream();
        stream.give(Arrays.copyOf(content, 300_000));
        Future<?> running = files.start(stream, write(files.path("f"), content.length, false, true));
        stream.next();
        FileStream discard =
                files.run(new FileRequest.Discard(files.path("f"), content.length, Optional.of(1_700_000_000_123L)));
        assertThat(FileFixture.last(discard).getJsonObject("done").getInt("entries"))
                .isEqualTo(1);
        awaitEnd(running);
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void newerAttemptTakesOverFromOneThatHasNotNoticedItsBreak() throws Exception {
        byte[] content = random(100_000);
        FileStream stuck = new FileStream();
        stuck.give(Arrays.copyOf(content, 50_000));
        files.start(stuck, write(files.path("f"), content.length, false, true));
        stuck.next();
        FileStream stream = new FileStream();
        Future<?> running = files.start(stream, write(files.path("f"), content.length, false, true));
        long offset = stream.next().getJsonObject("ready").getInt("offset");
        stream.say(Json.createObjectBuilder().add("from", offset).build());
        stream.give(Arrays.copyOfRange(content, (int) offset, content.length));
        stream.say(FileFixture.checksum(content));
        stream.end();
        running.get(30, TimeUnit.SECONDS);
        assertThat(Files.readAllBytes(folder.resolve("f"))).isEqualTo(content);
    }

    @Test
    void whatArrivesDamagedLeavesNothing() throws Exception {
        FileStream stream = new FileStream();
        stream.give(bytes("abcd"));
        stream.say(FileFixture.checksum(bytes("abce")));
        stream.end();
        files.start(stream, write(files.path("f"), 4, false, false)).get(30, TimeUnit.SECONDS);
        assertThat(FileFixture.last(stream).getJsonObject("error").getString("code"))
                .isEqualTo("checksum");
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void fullDiskIsSaidBeforeAnythingIsSentAndLeavesNothing() throws Exception {
        assertThat(files.refused(write(files.path("f"), 1L << 52, false, false)))
                .isEqualTo("no-space");
        assertThat(folder.toFile().list()).isEmpty();
    }

    private static boolean done(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }

    /** There was room when it began, and somebody else takes it. */
    @Test
    void diskThatIsFilledMeanwhileIsSaidAndLeavesNothing(@TempDir Path disk) throws Exception {
        assumeTrue(
                done("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk.toString()),
                "mounting a disk needs the rights of root");
        try (FileFixture full = new FileFixture(disk)) {
            byte[] content = random(3_000_000);
            FileStream stream = new FileStream();
            stream.give(Arrays.copyOf(content, 1_000_000));
            Future<?> running = full.start(stream, write(full.path("f"), content.length, false, true));
            stream.next();
            Files.write(disk.resolve("other"), new byte[2_500_000]);
            stream.give(Arrays.copyOfRange(content, 1_000_000, content.length));
            stream.say(FileFixture.checksum(content));
            stream.end();
            awaitEnd(running);
            assertThat(FileFixture.last(stream).getJsonObject("error").getString("code"))
                    .isEqualTo("no-space");
            assertThat(disk.toFile().list()).containsExactly("other");
            Files.delete(disk.resolve("other"));
            full.upload(write(full.path("f"), content.length, false, true), content);
            assertThat(Files.readAllBytes(disk.resolve("f"))).isEqualTo(content);
        } finally {
            assertThat(done("umount", disk.toString())).isTrue();
        }
    }

    /** More than an int, or an offset of 32 bits, can say. What is in the way is a hole, so that it takes seconds. */
    @Test
    @Timeout(200)
    void bothWaysGoOnBehindTwoGibibytes() throws Exception {
        long offset = (1L << 31) + 7;
        byte[] rest = random(100_000);
        long size = offset + rest.length;
        PieceDigest digest = new PieceDigest();
        byte[] hole = new byte[1 << 20];
        for (long at = 0; at < offset; at += hole.length) {
            digest.update(hole, 0, (int) Math.min(hole.length, offset - at));
        }
        String before = HexFormat.of().formatHex(digest.soFar());
        digest.update(rest, 0, rest.length);
        String whole = HexFormat.of().formatHex(digest.soFar());
        Path partial = folder.resolve(Partial.name("user-1", "f", size, Optional.of(1_700_000_000_123L)));
        try (RandomAccessFile file = new RandomAccessFile(partial.toFile(), "rw")) {
            file.setLength(offset);
        }
        FileStream up = new FileStream();
        Future<?> running = files.start(up, write(files.path("f"), size, false, true));
        JsonObject ready = up.next().getJsonObject("ready");
        assertThat(ready.getJsonNumber("offset").longValue()).isEqualTo(offset);
        assertThat(ready.getString("pieces")).isEqualTo(before);
        up.say(Json.createObjectBuilder().add("from", offset).build());
        up.give(rest);
        up.say(Json.createObjectBuilder().add("pieces", whole).build());
        up.end();
        running.get(120, TimeUnit.SECONDS);
        assertThat(folder.toFile().list()).containsExactly("f");
        assertThat(Files.size(folder.resolve("f"))).isEqualTo(size);

        FileStream down = new FileStream();
        files.start(down, new FileRequest.Read(files.path("f"), offset, Optional.empty(), Optional.empty()))
                .get(120, TimeUnit.SECONDS);
        assertThat(down.bytes()).isEqualTo(rest);
        assertThat(FileFixture.last(down).getJsonObject("end").getString("pieces"))
                .isEqualTo(whole);
    }

    @Test
    void nothingIsReplacedUnasked() throws Exception {
        Files.writeString(folder.resolve("f"), "old");
        assertThat(files.refused(write(files.path("f"), 3, false, false))).isEqualTo("exists");
        files.upload(write(files.path("f"), 3, true, false), bytes("new"));
        assertThat(folder.resolve("f")).hasContent("new");
    }

    @Test
    void editedTextIsSavedOnlyOverWhatWasRead() throws Exception {
        Files.writeString(folder.resolve("f"), "old");
        String tag = FileFixture.last(files.run(new FileRequest.Stat(files.path("f"))))
                .getJsonObject("stat")
                .getString("tag");
        Files.writeString(folder.resolve("f"), "other");
        FileRequest.Write save = new FileRequest.Write(
                files.path("f"), 3, Optional.empty(), Optional.empty(), true, Optional.of(tag), false);
        assertThat(files.refused(save)).isEqualTo("changed");
        assertThat(folder.resolve("f")).hasContent("other");
    }

    @Test
    void partialIsNobodyElses() throws Exception {
        Path partial = folder.resolve(Partial.name("user-1", "f", 3, Optional.of(1_700_000_000_123L)));
        Path victim = Files.writeString(folder.resolve("victim"), "whole");
        Files.createSymbolicLink(partial, victim);
        assertThat(files.refused(write(files.path("f"), 3, false, false))).isEqualTo("loop");
        Files.delete(partial);
        Files.createLink(partial, victim);
        assertThat(files.refused(write(files.path("f"), 3, false, false))).isEqualTo("exists");
        assertThat(victim).hasContent("whole");
    }

    // ---- the way down

    @Test
    void downloadGoesOnWhereItWas() throws Exception {
        byte[] content = random(700_000);
        Files.write(folder.resolve("f"), content);
        byte[] have = Arrays.copyOf(content, 400_001);
        FileStream stream = files.run(new FileRequest.Read(
                files.path("f"),
                have.length,
                Optional.of(new FileRequest.Bytes(FileFixture.pieces(have))),
                Optional.empty()));
        assertThat(stream.bytes()).isEqualTo(Arrays.copyOfRange(content, have.length, content.length));
        assertThat(FileFixture.last(stream).getJsonObject("end").getString("pieces"))
                .isEqualTo(FileFixture.pieces(content));
        have[0] ^= 1;
        assertThat(files.refused(new FileRequest.Read(
                        files.path("f"),
                        have.length,
                        Optional.of(new FileRequest.Bytes(FileFixture.pieces(have))),
                        Optional.empty())))
                .isEqualTo("changed");
    }

    /** Downloads a file that somebody changes when the first bytes of it are on their way. */
    private FileStream changedWhileItIsRead(byte[] content, Executable change) throws Exception {
        Files.write(folder.resolve("f"), content);
        Files.setLastModifiedTime(folder.resolve("f"), FileTime.fromMillis(1));
        FileStream stream = new FileStream();
        AtomicBoolean changed = new AtomicBoolean();
        stream.onWrite = sent -> {
            if (changed.compareAndSet(false, true)) {
                assertDoesNotThrow(change);
            }
        };
        files.start(stream, read(files.path("f"))).get(30, TimeUnit.SECONDS);
        assertThat(changed).isTrue();
        return stream;
    }

    @Test
    void fileThatChangesWhileItIsReadIsNoticed() throws Exception {
        byte[] content = random(2_000_000);
        byte[] other = content.clone();
        other[0] ^= 1;
        byte[] longer = Arrays.copyOf(other, content.length + 1);
        byte[] shorter = Arrays.copyOf(content, content.length - 1);
        for (byte[] after : List.of(other, longer, shorter)) {
            FileStream stream = changedWhileItIsRead(content, () -> Files.write(folder.resolve("f"), after));
            assertThat(FileFixture.last(stream).getJsonObject("error").getString("code"))
                    .isEqualTo("changed");
        }
        assertThat(files.log).hasSize(6).noneMatch(line -> line.contains(FileFixture.hex(content)));
    }

    @Test
    void logThatGrowsWhileItIsReadComesAsItWasAtTheBeginning() throws Exception {
        byte[] content = random(2_000_000);
        FileStream stream = changedWhileItIsRead(
                content, () -> Files.writeString(folder.resolve("f"), "a line more\n", StandardOpenOption.APPEND));
        assertThat(stream.bytes()).isEqualTo(content);
        assertThat(FileFixture.last(stream).getJsonObject("end").getString("pieces"))
                .isEqualTo(FileFixture.pieces(content));
        String begins = "DOWNLOAD " + files.path("f") + " 2000000 ";
        assertThat(files.log).containsExactly(begins, begins + FileFixture.hex(content));
    }

    @Test
    void whoTakesAllOfAFileButItsEndIsInTheLog() throws Exception {
        byte[] content = random(5_000);
        Files.write(folder.resolve("f"), content);
        FileStream stream = new FileStream();
        stream.onWrite = sent -> stream.broken = true; // after these bytes
        Future<?> running = files.start(stream, read(files.path("f")));
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS)).hasMessageContaining("lost");
        assertThat(stream.bytes()).isEqualTo(content);
        assertThat(files.log).first().isEqualTo("DOWNLOAD " + files.path("f") + " 5000 ");

        files.log.clear();
        byte[] longer = random(2_000_000);
        Files.write(folder.resolve("f"), longer);
        FileStream severed = new FileStream();
        severed.onWrite = sent -> severed.broken = sent > 500_000;
        Future<?> second = files.start(severed, read(files.path("f")));
        assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS)).hasMessageContaining("lost");
        assertThat(files.log).hasSize(2);
        String[] broken = files.log.get(1).split(" ");
        assertThat(broken[0]).isEqualTo("BROKEN");
        assertThat(Long.parseLong(broken[broken.length - 1])).isBetween((long) severed.bytes().length, 1_999_999L);
    }

    @Test
    void nothingLeavesThatTheLogDoesNotTake() throws Exception {
        Files.write(folder.resolve("f"), random(5_000));
        files.full = true;
        FileStream stream = new FileStream();
        Future<?> running = files.start(stream, read(files.path("f")));
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS)).hasMessageContaining("no room");
        assertThat(stream.bytes()).isEmpty();
        assertThat(stream.events).isEmpty();
    }

    @Test
    void pipesAndFoldersAreNoFiles() throws Exception {
        new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor();
        assertThat(files.refused(read(files.path("pipe")))).isEqualTo("not-a-file");
        assertThat(files.refused(read(files.root))).isEqualTo("not-a-file");
        assertThat(files.refused(new FileRequest.List(files.path("pipe")))).isEqualTo("not-a-folder");
        assertThat(files.refused(read(files.path("none")))).isEqualTo("not-found");
    }

    @Test
    void longFileIsNoTextToEdit() throws Exception {
        Files.write(folder.resolve("f"), random(1_001));
        assertThat(files.refused(new FileRequest.Read(files.path("f"), 0, Optional.empty(), Optional.of(1_000L))))
                .isEqualTo("too-large");
    }

    // ---- changes

    @Test
    void foldersAreMadeAndRemovedWithWhatIsInThemButNotWhatLinksLeadTo(@TempDir Path elsewhere) throws Exception {
        Path kept = Files.writeString(elsewhere.resolve("kept"), "kept");
        files.run(new FileRequest.MakeFolder(files.path("d"), false));
        assertThat(files.refused(new FileRequest.MakeFolder(files.path("d"), false)))
                .isEqualTo("exists");
        files.run(new FileRequest.MakeFolder(files.path("d"), true));
        Files.createSymbolicLink(folder.resolve("d/loop"), Path.of("../d"));
        Files.createSymbolicLink(folder.resolve("d/out"), elsewhere);
        for (int i = 0; i < 300; i++) {
            Files.writeString(Files.createDirectories(folder.resolve("d/" + i)).resolve("f"), "x");
        }
        JsonObject count = FileFixture.last(files.run(new FileRequest.Count(files.path("d"))))
                .getJsonObject("done");
        assertThat(count.getInt("entries")).isEqualTo(603);
        assertThat(count.getInt("bytes")).isEqualTo(300);
        assertThat(files.refused(new FileRequest.Delete(files.path("d"), false)))
                .isEqualTo("not-empty");
        JsonObject done = FileFixture.last(files.run(new FileRequest.Delete(files.path("d"), true)))
                .getJsonObject("done");
        assertThat(done.getInt("entries")).isEqualTo(603);
        assertThat(folder.toFile().list()).isEmpty();
        assertThat(kept).exists();
        assertThat(files.log).contains("DELETE " + files.path("d") + " 0 ");
    }

    @Test
    void renamingReplacesOnlyWhenAsked() throws Exception {
        Files.writeString(folder.resolve("a"), "a");
        Files.writeString(folder.resolve("b"), "b");
        assertThat(files.refused(new FileRequest.Rename(files.path("a"), files.path("b"), false)))
                .isEqualTo("exists");
        files.run(new FileRequest.Rename(files.path("a"), files.path("b"), true));
        assertThat(folder.resolve("b")).hasContent("a");
    }

    // ---- rights of the session

    @Test
    void eachRequestNeedsItsOperation() throws Exception {
        Files.writeString(folder.resolve("f"), "x");
        files.permitted = Operations.of(Operations.FILE_READ);
        assertThat(files.names(files.root)).containsExactly("f");
        assertThat(files.refused(new FileRequest.Delete(files.path("f"), false)))
                .isEqualTo("not-permitted");
        assertThat(files.refused(new FileRequest.MakeFolder(files.path("d"), false)))
                .isEqualTo("not-permitted");
        files.permitted = Operations.of(Operations.FILE_WRITE);
        assertThat(files.refused(read(files.path("f")))).isEqualTo("not-permitted");
        assertThat(files.refused(new FileRequest.List(files.root))).isEqualTo("not-permitted");
        files.run(new FileRequest.Delete(files.path("f"), false));
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void lossOfARightEndsWhatRuns() throws Exception {
        Files.write(folder.resolve("f"), random(3_000_000));
        FileStream stream = new FileStream();
        stream.onWrite = sent -> files.permitted = Operations.of(Operations.FILE_WRITE);
        files.start(stream, read(files.path("f"))).get(30, TimeUnit.SECONDS);
        assertThat(FileFixture.last(stream).getJsonObject("error").getString("code"))
                .isEqualTo("not-permitted");
        assertThat(stream.bytes().length).isLessThan(3_000_000);
    }
}
