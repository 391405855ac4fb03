package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import java.util.List;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/** Folders and devices as the caller may see and change them. Ids that are not UUIDs are unknown ids. */
@Stateless
public class Directory {

    /** All folders that the caller sees, and those above them that hold nothing else for the caller are left out. Sorted by name. */
    public List<FolderView> folders(Caller caller) {
        throw new UnsupportedOperationException();
    }

    /** Creates a folder; {@code CONFLICT} if the parent has one of that name. */
    public FolderView createFolder(Caller caller, String parentId, String name) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    public DeviceList devices(Caller caller, DeviceQuery query) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    public DeviceDetail device(Caller caller, String uid) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Changes name and account; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. */
    public DeviceDetail change(Caller caller, String uid, long revision, DeviceChange change) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Removes a device, revokes its certificate, and after the commit ends its sessions and its channel. */
    public void remove(Caller caller, String uid, long revision) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Allows a device that was taken for a clone to come back. Nothing happens if it is not quarantined. */
    public void clearQuarantine(Caller caller, String uid) throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** Whether the caller sees the resource: for live events. */
    public boolean sees(Caller caller, String resourceId) {
        throw new UnsupportedOperationException();
    }
}
