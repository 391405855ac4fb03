interface Permitted {
  readonly permissions: readonly string[];
}

const all = (on: Permitted, ...needed: readonly string[]) => needed.every((each) => on.permissions.includes(each));

/** What a move needs on the device: it is a change of permissions, because what is inherited changes. */
export function isMovable(device: Permitted): boolean {
  return all(device, "configure-devices", "manage-permissions");
}

/** What it needs on the folder that the device comes into. */
export function takesDevices(folder: Permitted): boolean {
  return all(folder, "install-devices", "manage-permissions");
}

/** The same for a folder that is moved into another: both have to be in the caller's care. */
export function movesFolders(folder: Permitted): boolean {
  return all(folder, "manage-folders", "manage-permissions");
}
