import { lazy } from "react";

/** The dialogs of this page, each loaded when it is first opened: the first load of the application does not carry them. */
export const AddDevice = lazy(async () => ({ default: (await import("./AddDeviceDialog")).AddDeviceDialog }));
export const CreateFolder = lazy(async () => ({ default: (await import("./FolderDialogs")).CreateFolderDialog }));
export const EditFolder = lazy(async () => ({ default: (await import("./FolderDialogs")).EditFolderDialog }));
export const MoveFolder = lazy(async () => ({ default: (await import("./FolderDialogs")).MoveFolderDialog }));
export const DeleteFolder = lazy(async () => ({ default: (await import("./FolderDialogs")).DeleteFolderDialog }));
export const FolderContract = lazy(async () => ({ default: (await import("./ContractDialog")).ContractDialog }));
export const FolderRelay = lazy(async () => ({
  default: (await import("../fixedRelay/FixedRelayDialog")).FixedRelayDialog,
}));
export const FolderSessionPolicy = lazy(async () => ({
  default: (await import("../sessionPolicy/SessionPolicyDialog")).SessionPolicyDialog,
}));
export const MoveDevices = lazy(async () => ({ default: (await import("./BulkDialogs")).MoveDevicesDialog }));
export const TagDevices = lazy(async () => ({ default: (await import("./BulkDialogs")).TagDevicesDialog }));
export const AllowAssistance = lazy(async () => ({
  default: (await import("./AssistanceDialog")).AllowAssistanceDialog,
}));
export const RemoveDevices = lazy(async () => ({ default: (await import("./BulkDialogs")).RemoveDevicesDialog }));
export const ManageTags = lazy(async () => ({ default: (await import("./TagsDialog")).TagsDialog }));
