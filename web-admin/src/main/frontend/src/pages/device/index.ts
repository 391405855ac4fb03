/** The page of one device, as one chunk. */
export { DevicePage } from "./DevicePage";
export { HistoryTab } from "./HistoryTab";
export { OverviewTab } from "./OverviewTab";
export { SubDevicesTab } from "./SubDevicesTab";
