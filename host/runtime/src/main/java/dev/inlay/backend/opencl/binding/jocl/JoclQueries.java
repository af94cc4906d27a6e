// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.jocl;

import static dev.inlay.backend.opencl.binding.ClException.check;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.ask;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.device;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.event;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.kernel;
import static dev.inlay.backend.opencl.binding.jocl.JoclCalls.program;
import static org.jocl.CL.*;

import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.NativeApi;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** The {@code clGet…} functions over JOCL. */
abstract class JoclQueries extends NativeApi {
    @Override
    public List<ClPlatform> platforms() {
        int[] count = new int[1];
        int status = clGetPlatformIDs(0, null, count);
        if (status == ClStatus.PLATFORM_NOT_FOUND.code() || (status == 0 && count[0] == 0)) {
            return List.of();
        }
        check("clGetPlatformIDs", status);
        cl_platform_id[] ids = new cl_platform_id[count[0]];
        check("clGetPlatformIDs", clGetPlatformIDs(ids.length, ids, null));
        return Arrays.stream(ids).map(ClPlatform::new).toList();
    }

    @Override
    public List<ClDevice> devices(ClPlatform platform) {
        cl_platform_id id = (cl_platform_id) platform.peer();
        int[] count = new int[1];
        int status = clGetDeviceIDs(id, CL_DEVICE_TYPE_ALL, 0, null, count);
        if (status == ClStatus.DEVICE_NOT_FOUND.code() || (status == 0 && count[0] == 0)) {
            return List.of();
        }
        check("clGetDeviceIDs", status);
        cl_device_id[] ids = new cl_device_id[count[0]];
        check("clGetDeviceIDs", clGetDeviceIDs(id, CL_DEVICE_TYPE_ALL, ids.length, ids, null));
        return Arrays.stream(ids).map(ClDevice::new).toList();
    }

    @Override
    protected MemorySegment askPlatform(ClPlatform platform, int code) {
        return ask(
                "clGetPlatformInfo",
                (size, value, needed) ->
                        clGetPlatformInfo((cl_platform_id) platform.peer(), code, size, value, needed));
    }

    @Override
    protected MemorySegment askDevice(ClDevice device, int code) {
        return ask(
                "clGetDeviceInfo", (size, value, needed) -> clGetDeviceInfo(device(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askBuild(ClProgram program, ClDevice device, int code) {
        return ask(
                "clGetProgramBuildInfo",
                (size, value, needed) ->
                        clGetProgramBuildInfo(program(program), device(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askKernel(ClKernel kernel, int code) {
        return ask(
                "clGetKernelInfo", (size, value, needed) -> clGetKernelInfo(kernel(kernel), code, size, value, needed));
    }

    @Override
    protected MemorySegment askKernelArg(ClKernel kernel, int index, int code) {
        return ask(
                "clGetKernelArgInfo",
                (size, value, needed) -> clGetKernelArgInfo(kernel(kernel), index, code, size, value, needed));
    }

    @Override
    protected MemorySegment askWorkGroup(ClKernel kernel, ClDevice device, int code) {
        return ask(
                "clGetKernelWorkGroupInfo",
                (size, value, needed) ->
                        clGetKernelWorkGroupInfo(kernel(kernel), device(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askEvent(ClEvent event, int code) {
        return ask("clGetEventInfo", (size, value, needed) -> clGetEventInfo(event(event), code, size, value, needed));
    }

    @Override
    protected MemorySegment askProfile(ClEvent event, int code) {
        return ask(
                "clGetEventProfilingInfo",
                (size, value, needed) -> clGetEventProfilingInfo(event(event), code, size, value, needed));
    }
}
