// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Program binaries on disk. An entry's name is the SHA-256 of all that its content depends on; its first 32 bytes are the
 * SHA-256 of the rest, and an entry that does not match is deleted. A cache that cannot be read or written is as an empty
 * one.
 */
public final class BinaryCache {
    private static final int DIGEST_BYTES = 32;
    private static final long DEFAULT_CAP_BYTES = 256L << 20;

    private final Path folder;
    private final long capBytes;

    /**
     * @param folder made with permissions 0700 when the first entry is written
     * @param capBytes once entries exceed it, those unused for longest go
     */
    public BinaryCache(Path folder, long capBytes) {
        this.folder = folder;
        this.capBytes = capBytes;
    }

    /** The user's cache: {@code $XDG_CACHE_HOME/inlay/programs}, by default under {@code ~/.cache}. */
    public static BinaryCache ofUser() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return new BinaryCache(base.resolve("inlay").resolve("programs"), DEFAULT_CAP_BYTES);
    }

    /** Where the entries lie; made when first used. */
    public Path folder() {
        return folder;
    }

    /** The name of an entry that depends on these texts. */
    public static String key(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The entry of this name, if it is there and whole. */
    public Optional<byte[]> get(String key) {
        Path file = folder.resolve(key);
        try {
            byte[] entry = Files.readAllBytes(file);
            if (entry.length > DIGEST_BYTES) {
                byte[] content = Arrays.copyOfRange(entry, DIGEST_BYTES, entry.length);
                if (Arrays.equals(sha256().digest(content), Arrays.copyOf(entry, DIGEST_BYTES))) {
                    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
                    return Optional.of(content);
                }
            }
            Files.deleteIfExists(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes an entry whole or not at all. */
    public void put(String key, byte[] content) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path written = Files.createTempFile(folder, ".new", "");
            ByteBuffer entry = ByteBuffer.allocate(DIGEST_BYTES + content.length);
            entry.put(sha256().digest(content)).put(content);
            Files.write(written, entry.array());
            Files.move(written, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
            evict();
        } catch (IOException e) {
            // Without the cache the program is compiled again next time.
        }
    }

    private void evict() throws IOException {
        List<Path> entries;
        try (Stream<Path> files = Files.list(folder)) {
            entries = files.sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .toList();
        }
        long kept = 0;
        for (Path entry : entries) {
            kept += entry.toFile().length();
            if (kept > capBytes) {
                Files.deleteIfExists(entry);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
