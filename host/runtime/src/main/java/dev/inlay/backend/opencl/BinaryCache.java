// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl;

import java.io.IOException;
import java.io.UncheckedIOException;
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
 * SHA-256 of the name and the rest, and an entry that does not match is deleted. A cache that cannot be read is as an
 * empty one, and one that cannot be written stays as it is.
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

    /** The user's cache of programs. */
    public static BinaryCache ofUser() {
        return ofUser("programs");
    }

    /**
     * A cache of the user: {@code $XDG_CACHE_HOME/inlay/<what>}, by default under {@code ~/.cache}.
     *
     * @param what its entries are
     */
    public static BinaryCache ofUser(String what) {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return new BinaryCache(base.resolve("inlay").resolve(what), DEFAULT_CAP_BYTES);
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
                if (Arrays.equals(digest(key, content), Arrays.copyOf(entry, DIGEST_BYTES))) {
                    touch(file);
                    return Optional.of(content);
                }
            }
            Files.deleteIfExists(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            // It is only evicted earlier.
        }
    }

    /** Writes an entry whole or not at all. */
    public void put(String key, byte[] content) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path written = Files.createTempFile(folder, ".new", "");
            try {
                ByteBuffer entry = ByteBuffer.allocate(DIGEST_BYTES + content.length);
                entry.put(digest(key, content)).put(content);
                Files.write(written, entry.array());
                Files.move(written, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
            evict();
        } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
            // Without the cache the program is compiled again next time.
        }
    }

    /** Another process may change the folder at the same time, so each file is asked only once. */
    private record Entry(Path file, long lastUsed, long bytes) {
        static Entry of(Path file) {
            return new Entry(file, file.toFile().lastModified(), file.toFile().length());
        }
    }

    private void evict() throws IOException {
        List<Entry> entries;
        try (Stream<Path> files = Files.list(folder)) {
            entries = files.map(Entry::of)
                    .sorted(Comparator.comparingLong(Entry::lastUsed).reversed())
                    .toList();
        }
        long kept = 0;
        for (Entry entry : entries) {
            kept += entry.bytes();
            if (kept > capBytes) {
                Files.deleteIfExists(entry.file());
            }
        }
    }

    private static byte[] digest(String key, byte[] content) {
        MessageDigest digest = sha256();
        digest.update(key.getBytes(StandardCharsets.UTF_8));
        return digest.digest(content);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
