import type { ReactNode } from 'react';

/** Line icons on a grid of 20, drawn with the colour of the text. Always beside a label of its own. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const PlusIcon = () => <Icon><path d="M10 4v12M4 10h12" /></Icon>;
export const CloseIcon = () => <Icon><path d="M5 5l10 10M15 5L5 15" /></Icon>;
export const MenuIcon = () => <Icon><path d="M3.5 6h13M3.5 10h13M3.5 14h13" /></Icon>;
export const PencilIcon = () => <Icon><path d="M4 16l.8-3.400L13 4.400a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2 4 16zM11.5 6l2.5 2.5" /></Icon>;
export const TrashIcon = () => <Icon><path d="M4 6h12M8 6V4.200h4V6M5.5 6l.7 10h7.600l.7-10M8.5 9v4.500M11.5 9v4.5" /></Icon>;
export const SendIcon = () => <Icon><path d="M10 16V4.500M5 9l5-5 5 5" /></Icon>;
export const StopIcon = () => <Icon><rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" /></Icon>;
export const DownIcon = () => <Icon><path d="M10 4v11.500M5 11l5 5 5-5" /></Icon>;
export const GearIcon = () => <Icon><path d="M3 6h8M15 6h2M3 14h2M9 14h8" /><circle cx="13" cy="6" r="2" /><circle cx="7" cy="14" r="2" /></Icon>;
export const ChartIcon = () => <Icon><path d="M3.5 16.500h13M5.5 13.500V9M10 13.500V4M14.5 13.500V7" /></Icon>;
export const ChevronIcon = () => <Icon><path d="M7.5 5l5 5-5 5" /></Icon>;
export const ChevronLeftIcon = () => <Icon><path d="M12.5 5l-5 5 5 5" /></Icon>;
export const BranchIcon = () => <Icon><circle cx="6" cy="5" r="1.8" /><circle cx="6" cy="15" r="1.8" /><circle cx="14" cy="7" r="1.8" /><path d="M6 6.800v6.400M14 8.800c0 2.700-8 1.700-8 4.400" /></Icon>;
export const ArchiveIcon = () => <Icon><path d="M3.500 4.500h13v3.500h-13zM5 8v7.500h10V8M8 11h4" /></Icon>;
export const UnarchiveIcon = () => <Icon><path d="M3.500 4.500h13v3.500h-13zM5 8v7.500h10V8M10 14v-4M8 11.500l2-2 2 2" /></Icon>;
export const ClipIcon = () => <Icon><path d="M15.500 9.500l-5.700 5.700a3.300 3.300 0 0 1-4.700-4.700l6.200-6.200a2.200 2.200 0 0 1 3.100 3.100l-6.100 6.100a1.100 1.100 0 0 1-1.600-1.600l5.200-5.100" /></Icon>;
export const FileIcon = () => <Icon><path d="M5.500 3.500h6l3 3v10h-9zM11.500 3.500v3h3" /></Icon>;
export const ToolIcon = () => <Icon><path d="M16.8 6.200a4 4 0 0 1-5.6 4.800L6.6 15.600a1.6 1.6 0 0 1-2.2-2.200L9 8.800a4 4 0 0 1 4.8-5.600L11.6 5.400v3h3l2.2-2.200z" /></Icon>;
export const CheckIcon = () => <Icon><path d="M4.5 10.500l3.5 3.500 7.500-8" /></Icon>;
export const SearchIcon = () => <Icon><circle cx="9" cy="9" r="5" /><path d="M13 13l4 4" /></Icon>;
export const StoreIcon = () => <Icon><ellipse cx="10" cy="5.500" rx="6" ry="2" /><path d="M4 5.500v9c0 1.100 2.700 2 6 2s6-.9 6-2v-9M4 10c0 1.100 2.700 2 6 2s6-.9 6-2" /></Icon>;
export const AgainIcon = () => <Icon><path d="M15.5 8A6 6 0 1 0 16 11M15.800 4v4.200h-4.200" /></Icon>;
export const CopyIcon = () => <Icon><rect x="7" y="7" width="9" height="9" rx="1.5" /><path d="M13 7V5.500A1.5 1.5 0 0 0 11.5 4h-6A1.5 1.5 0 0 0 4 5.500v6A1.5 1.5 0 0 0 5.5 13H7" /></Icon>;
