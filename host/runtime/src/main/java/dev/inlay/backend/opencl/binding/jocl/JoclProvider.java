// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.jocl;

import dev.inlay.backend.opencl.binding.ClBinding;
import dev.inlay.backend.opencl.binding.ClBindingProvider;
import dev.inlay.backend.opencl.binding.UnpackFolder;
import java.io.IOException;
import java.util.Optional;
import org.jocl.CL;

/** Loads JOCL and OpenCL. */
public final class JoclProvider implements ClBindingProvider {
    private static final Object LOCK = new Object();

    private static Optional<ClBinding> loaded = Optional.empty();

    @Override
    public String name() {
        return JoclApi.NAME;
    }

    @Override
    public ClBinding load() {
        synchronized (LOCK) {
            ClBinding binding = loaded.orElseGet(JoclProvider::find);
            loaded = Optional.of(binding);
            return binding;
        }
    }

    private static ClBinding find() {
        // JOCL's class initialiser unpacks its library to java.io.tmpdir under a predictable name; there is no other
        // setting for the place.
        String temporary = System.getProperty("java.io.tmpdir");
        try (UnpackFolder folder = UnpackFolder.create()) {
            System.setProperty("java.io.tmpdir", folder.path().toString());
            // This API reads status codes; another user of JOCL in the process may have asked for exceptions.
            CL.setExceptionsEnabled(false);
            return new ClBinding.Available(JoclApi.NAME, new JoclApi());
        } catch (LinkageError | RuntimeException e) {
            return new ClBinding.Unavailable(
                    JoclApi.NAME,
                    "JOCL or the OpenCL library could not be loaded: " + firstLine(e),
                    "install an OpenCL loader and a driver, on Debian: apt install ocl-icd-libopencl1 pocl-opencl-icd");
        } catch (IOException e) {
            return new ClBinding.Unavailable(
                    JoclApi.NAME,
                    "no private folder for JOCL's native library: " + firstLine(e),
                    "point java.io.tmpdir to a folder that can be written");
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
        }
    }

    private static String firstLine(Throwable e) {
        return e.toString().lines().findFirst().orElse("");
    }
}
